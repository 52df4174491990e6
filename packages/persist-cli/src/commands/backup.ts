import { type PersistDriver, PersistError, transferDocuments } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { type ArchiveOutput, ArchiveWriter } from '../backup/archive-writer.js';
import { NewFile } from '../backup/new-file.js';
import { writeToStdout } from '../backup/write-to-stdout.js';
import { addConcurrencyOption } from '../copy/concurrency-option.js';
import { CopyReport } from '../copy/copy-report.js';
import { runCopy } from '../copy/run-copy.js';
import { showPasses } from '../copy/show-passes.js';
import { existingPart } from '../copy/store-part.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print, remark } from '../output.js';

interface BackupOptions extends GlobalOptions {
  readonly to: string;
  readonly concurrency: number;
  readonly force?: boolean;
}

export function addBackup(program: Command): void {
  const backup = program
    .command('backup')
    .summary('write a store into one file')
    .description(
      'Writes every document of a store, or of a --namespace, into one archive, with digests; locks stay behind. The ' +
        'store may be in use: each document is whole, and what changes meanwhile is taken again. The file appears ' +
        'under its name when it is complete and flushed. The format is documented: docs/backup-format.md.',
    )
    .requiredOption('--to <file>', 'a file that is not there yet, such as sandkeep.tar.gz; - for the standard output')
    .option('--force', 'replace the file');
  addConcurrencyOption(backup)
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep backup --to sandkeep.tar.gz --url redis://localhost:6379\n' +
        '  $ sandkeep backup --to - | ssh backup-host "cat > sandkeep.tar.gz"',
    )
    .action((_, command: Command) => backUp(globalOptions(command)));
}

async function backUp(options: BackupOptions): Promise<void> {
  const { to, namespace, force: replace = false } = options;
  const signal = endEarly();
  if (to === '-') checkStdout(options);
  await using driver = await openChosenDriver(options);
  const prefix = await existingPart(driver, namespace);
  if (to === '-') {
    await write({ driver, prefix, output: (chunks) => writeToStdout(chunks, signal), signal }, options);
    return;
  }
  const file = await NewFile.create(to, { replace });
  try {
    const output = (chunks: AsyncIterable<Uint8Array>) => file.write(chunks);
    await write({ driver, prefix, output, publish: () => file.publish(), signal }, options);
  } finally {
    await file.discard();
  }
}

function checkStdout({ json }: BackupOptions): void {
  if (json) throw new PersistError('INVALID_ARGUMENT', '--json prints where --to - writes: give a file');
  if (process.stdout.isTTY) throw new PersistError('INVALID_ARGUMENT', '--to - writes to a terminal: redirect it');
}

interface Backup {
  readonly driver: PersistDriver;
  readonly prefix: string;
  readonly output: ArchiveOutput;
  readonly publish?: () => Promise<void>;
  readonly signal: AbortSignal;
}

async function write(
  { driver, prefix, output, publish, signal }: Backup,
  { to, namespace, concurrency, json = false }: BackupOptions,
): Promise<void> {
  const report = new CopyReport({ done: 'backed up', dryRun: false, json, print: to === '-' ? remark : print });
  const { onLook, end } = await showPasses(report, driver, { doing: 'backing up', prefix, hidden: json, signal });
  const createdAt = new Date().toISOString();
  const archive = await ArchiveWriter.begin(output, { createdAt, driver: driver.name, namespace });
  const documents = async function* () {
    const missing = new Set<string>();
    for await (const one of transferDocuments(driver, archive, { prefix, concurrency, signal, onLook })) {
      if (one.outcome === 'failed') missing.add(one.key);
      else missing.delete(one.key);
      yield one;
    }
    await archive.end([...missing]);
    await publish?.();
  };
  const goOn = 'no backup was written; run it again';
  try {
    await runCopy(documents(), report, { json, end, goOn, keepsPart: false });
  } finally {
    await archive.discard();
  }
}

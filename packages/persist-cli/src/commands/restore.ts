import { checkSegment, type DocumentOutcome, DriverSink, PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { pMapIterable } from 'p-map';
import { ArchiveFile } from '../backup/archive-file.js';
import { collectGarbage } from '../copy/collect-garbage.js';
import { addConcurrencyOption } from '../copy/concurrency-option.js';
import { CopyReport } from '../copy/copy-report.js';
import { addExistingOptions, type ExistingOptions, existingPolicy } from '../copy/existing-options.js';
import { runCopy } from '../copy/run-copy.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { remark } from '../output.js';
import { startProgress } from '../progress.js';

interface RestoreOptions extends GlobalOptions, ExistingOptions {
  readonly from: string;
  readonly concurrency: number;
  readonly dryRun?: boolean;
}

export function addRestore(program: Command): void {
  const restore = program
    .command('restore')
    .summary('put the documents of a backup into a store')
    .description(
      'Puts the documents of a backup, or of a --namespace in it, into a store. The whole archive is checked before ' +
        'the first document is written, and each one is read back and compared. A document of which the store has ' +
        'another state is left and told, and makes the exit status 4. Can be run again: what is there is not written.',
    )
    .requiredOption('--from <file>', 'what "sandkeep backup" wrote');
  addExistingOptions(restore).option('--dry-run', 'check the archive, tell what would be done, and change nothing');
  addConcurrencyOption(restore)
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep restore --from sandkeep.tar.gz --url "file:///var/lib/sandkeep?create=true"\n' +
        '  $ sandkeep restore --from sandkeep.tar.gz --url redis://localhost:6379 --dry-run',
    )
    .action((_, command: Command) => restoreStore(globalOptions(command)));
}

async function restoreStore(options: RestoreOptions): Promise<void> {
  const { from, namespace, concurrency, dryRun = false, json = false } = options;
  if (namespace !== undefined) checkSegment(namespace, 'namespace');
  const isWanted = (key: string) => namespace === undefined || key.startsWith(`${namespace}/`);
  const signal = endEarly();
  await using archive = await ArchiveFile.open(from);
  await using driver = await openChosenDriver(options);
  let wanted = 0;
  const facts = await archive.check(signal, (key) => {
    if (isWanted(key)) wanted += 1;
  });
  if (namespace !== undefined && wanted === 0) {
    throw new PersistError('NOT_FOUND', `there is no document in namespace ${namespace} of ${from}`);
  }
  const { createdAt, missing } = facts;
  const report = new CopyReport({ done: 'restored', dryRun, json, about: { createdAt, missing } });
  if (missing.length > 0 && !json) {
    remark(`the backup of ${createdAt} lacks what could not be read then: ${missing.join(', ')}`);
  }
  const sink = new DriverSink(driver, { existing: existingPolicy(options), dryRun, signal });
  const progress = await startProgress('restoring', wanted, json || dryRun);
  const collect = collectGarbage();
  const documents = async function* () {
    for await (const document of archive.documents(facts, signal)) if (isWanted(document.key)) yield document;
  };
  const outcomes: AsyncIterable<DocumentOutcome> = pMapIterable(
    documents(),
    async ({ key, data }) => {
      const { version: _, ...placement } = await sink.put(key, data);
      progress.step();
      collect();
      return { key, ...placement };
    },
    { concurrency },
  );
  await runCopy(outcomes, report, { json, end: () => progress.end(), goOn: 'run it again to go on', keepsPart: true });
}

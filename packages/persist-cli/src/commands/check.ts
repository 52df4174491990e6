import { checkSegment, type Finding, type PersistDriver } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { checkDocuments } from '../check/check-documents.js';
import { checkLocks } from '../check/check-locks.js';
import { findSchema } from '../check/check-schema.js';
import { CommandFailure } from '../command-failure.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print, remark } from '../output.js';
import { showsProgress, startProgress } from '../progress.js';
import { formatTable } from '../table.js';

interface CheckOptions extends GlobalOptions {
  readonly repair?: boolean;
  readonly schema: string;
}

/** What a check has seen so far. */
interface Report {
  documents: number;
  readonly findings: Finding[];
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .summary('read every document, and list what is wrong')
    .description(
      'Reads every document and lock, and what the driver keeps beside them, and lists what is wrong. Others may ' +
        'use the store meanwhile. Exit status 1 if anything is wrong and was not mended.',
    )
    .option('--repair', 'mend what can be mended without losing data; a damaged document is left as it is')
    .option(
      '--schema <which>',
      'what states are checked with: default, kata, none, or a module that exports schema',
      'default',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep check\n  $ sandkeep check --repair --url redis://localhost:6379\n' +
        '  $ sandkeep check --schema ./my-schema.js --namespace prod --json',
    )
    .action((_, command: Command) => check(globalOptions(command)));
}

async function check(options: CheckOptions): Promise<void> {
  const { json = false, namespace } = options;
  if (namespace !== undefined) checkSegment(namespace, 'namespace');
  const schema = await findSchema(options.schema);
  await using driver = await openChosenDriver(options);
  const signal = endEarly();
  const report: Report = { documents: 0, findings: [] };
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  const total = showsProgress(json) ? await count(driver.list(prefix, { signal })) : 0;
  const progress = await startProgress('checking', total, json);
  let isComplete = false;
  try {
    if (namespace === undefined) await collect(driver.check?.({ repair: options.repair, signal }), report);
    for await (const { isThere, finding } of checkDocuments(driver, { prefix, schema, signal })) {
      if (isThere) report.documents += 1;
      if (finding !== undefined) report.findings.push(finding);
      progress.step();
    }
    await collect(checkLocks(driver, { prefix, signal }), report);
    isComplete = true;
  } finally {
    progress.end();
    show(report, { json, isComplete });
  }
  failUnlessFine(report);
}

async function collect(findings: AsyncIterable<Finding> | undefined, report: Report): Promise<void> {
  for await (const finding of findings ?? []) report.findings.push(finding);
}

async function count(keys: ReturnType<PersistDriver['list']>): Promise<number> {
  let total = 0;
  for await (const _ of keys) total += 1;
  return total;
}

const outcomes: Readonly<Record<Finding['outcome'], string>> = {
  mendable: '--repair mends it',
  mended: 'mended',
  left: 'left',
};

function show({ documents, findings }: Report, { json, isComplete }: { json: boolean; isComplete: boolean }): void {
  if (json) {
    print(JSON.stringify({ complete: isComplete, documents, findings }));
    return;
  }
  const rows = findings.map(({ kind, subject, outcome, message }) => [kind, subject, outcomes[outcome], message]);
  if (rows.length > 0) print(formatTable(['kind', 'where', 'outcome', 'what'], rows));
  const read = `${documents} ${documents === 1 ? 'document was' : 'documents were'} read`;
  if (!isComplete) remark(`${read}, not all`);
  else remark(findings.length === 0 ? `${read}: everything is fine` : read);
}

function failUnlessFine({ findings }: Report): void {
  const mendable = findings.filter(({ outcome }) => outcome === 'mendable').length;
  const left = findings.filter(({ outcome }) => outcome === 'left').length;
  const problems = mendable + left;
  if (problems === 0) return;
  const which = `${problems} ${problems === 1 ? 'problem' : 'problems'}`;
  if (mendable === 0) throw new CommandFailure(`${which} to be solved by hand: see above`);
  throw new CommandFailure(
    `${which}: "sandkeep check --repair" mends ${mendable === problems ? 'all' : mendable} of them`,
  );
}

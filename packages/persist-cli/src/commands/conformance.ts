import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isPersistError, PersistError, redactUrl } from '@sandkeep/persist-api';
import type { CaseReport, ConformanceCase, Harness } from '@sandkeep/persist-conformance';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandFailure } from '../command-failure.js';
import { endEarly } from '../end-early.js';
import { Interruption } from '../interruption.js';
import { print, remark } from '../output.js';

interface ConformanceOptions {
  readonly only?: readonly string[];
  readonly seed?: number;
  readonly json?: string;
  readonly junit?: string;
}

export function addConformance(program: Command): void {
  program
    .command('conformance')
    .summary('run the conformance suite against a store or a harness')
    .description(
      'Runs the conformance suite. On the URL of a store it works in storages of its own beside what is there ' +
        '(a namespace, a prefix, a sub-directory), says which, and removes them, also when it is interrupted. A ' +
        'harness file, whose default export is a Harness, lets it verify more: damage, outages.',
    )
    .argument('<target>', 'the URL of a store, or the file of a harness (./harness.js)')
    .option('--only <names>', 'sections (D,E), levels (core) or cases (D33), with commas between them', list)
    .option('--seed <number>', 'repeats the choices of an earlier run', integer)
    .option('--json <file>', 'writes the report as JSON')
    .option('--junit <file>', 'writes the report as JUnit XML')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep conformance redis://localhost:6379\n' +
        '  $ sandkeep conformance file:///srv/sandkeep --only core,concurrent\n' +
        '  $ sandkeep conformance ./harness.js --only D33 --seed 7 --junit report.xml',
    )
    .action((target: string, options: ConformanceOptions) => conformance(target, options));
}

/** Loaded when needed: no other command should wait for the suite. */
const suite = () => import('@sandkeep/persist-conformance');

async function conformance(target: string, options: ConformanceOptions): Promise<void> {
  const signal = endEarly();
  await assertWritable('--json', options.json);
  await assertWritable('--junit', options.junit);
  const { selectCases } = await suite();
  const cases = selectCases(options.only);
  const { harness, removeAll } = await openTarget(target);
  await assertOpens(harness, target);
  try {
    await run(harness, target, cases, options, signal);
  } catch (error) {
    const left = await removeAll().catch((reason: Error) => reason);
    if (left) remark(`what it had made could not all be removed: ${left.message}`);
    else if (error instanceof Interruption) remark('interrupted: what it had made is removed');
    throw error;
  } finally {
    exitSoon();
  }
  await removeAll();
}

async function run(
  harness: Harness,
  target: string,
  cases: readonly ConformanceCase[],
  { only, seed, json, junit }: ConformanceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { runConformance } = await suite();
  const { showProgress } = await import('../conformance/progress.js');
  const { formatSummary } = await import('../conformance/summary.js');
  const { junitXml } = await import('../conformance/junit.js');
  const { StrayErrors } = await import('../conformance/stray-errors.js');
  const progress = showProgress(cases);
  let done = 0;
  const strays = new StrayErrors(() => cases[done]?.id ?? 'the last case');
  const onProgress = (result: CaseReport) => {
    done += 1;
    progress.finished(result);
  };
  const report = await runConformance(harness, { only, seed, signal, onProgress }).finally(() => progress.end());
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (junit !== undefined) await writeFile(junit, junitXml(report, target));
  print(formatSummary(report, target));
  if (strays.count > 0) print(`\n${strays.describe()}`);
  const { failed } = report.totals;
  if (failed > 0) throw new CommandFailure(`${failed} of ${report.cases.length} cases failed`);
  if (strays.count > 0) throw new CommandFailure(`nobody handled ${strays.count} errors`);
}

interface Target {
  readonly harness: Harness;
  removeAll(): Promise<void>;
}

async function openTarget(target: string): Promise<Target> {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(target)) {
    const { loadHarness } = await import('../conformance/load-harness.js');
    return { harness: await loadHarness(target), async removeAll() {} };
  }
  const { urlHarness } = await import('../conformance/url-harness.js');
  const { harness, place, removeAll } = await urlHarness(target, [process.cwd(), import.meta.dirname]);
  remark(`on ${redactUrl(target)}, in ${place}: nothing else is touched, and it is removed at the end`);
  return { harness: harness as Harness, removeAll };
}

/** Opens a storage before the suite does, so that an unreachable server is one error, and not that of every case. */
async function assertOpens(harness: Harness, target: string): Promise<void> {
  try {
    const location = await harness.create();
    try {
      await (await harness.open(location)).close();
    } catch (error) {
      await harness.dispose(location).catch(() => {}); // what it could not open
      throw error;
    }
    await harness.dispose(location);
  } catch (error) {
    const where = redactUrl(target);
    if (!isPersistError(error)) {
      throw new CommandFailure(`${where} cannot be opened: ${error instanceof Error ? error.message : error}`);
    }
    throw Object.assign(error, { message: `${where} cannot be opened: ${error.message}` });
  }
}

async function assertWritable(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await access(dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    throw new PersistError('INVALID_ARGUMENT', `${option} ${file} cannot be written: ${(error as Error).message}`);
  }
}

/** A case that hung may have left a timer or a socket: that does not keep the command from ending. */
function exitSoon(): void {
  setTimeout(() => (process.stdout.writableLength > 0 ? exitSoon() : process.exit()), 1_000).unref();
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected an integer from 0 to 4294967295');
  return Number(text);
}

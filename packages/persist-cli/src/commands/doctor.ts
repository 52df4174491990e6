import { checkSegment, isPersistError, type LoadedConfig, redactUrl } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { AtRisk, CommandFailure } from '../command-failure.js';
import { adviceFor } from '../doctor/advice.js';
import { type Diagnosis, diagnose } from '../doctor/diagnosis.js';
import type { Trial } from '../doctor/try-operations.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { chooseStore, openConfigured } from '../open-chosen-driver.js';
import { colorsFor, print, printable } from '../output.js';
import { dropRiskWarnings } from '../report-warnings.js';
import { formatTable } from '../table.js';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('tell whether a store works, and what is at risk')
    .description(
      'Opens the store, shows what it promises, tries and times each operation on a document of its own, which it ' +
        'removes again, and says what is at risk and what to do about it. Exit status 0: fine; 5: it works, with ' +
        'risks; another: it does not work.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep doctor --url redis://localhost:6379\n  $ sandkeep doctor --json | jq .status',
    )
    .action((_, command: Command) => doctor(globalOptions(command)));
}

async function doctor(options: GlobalOptions): Promise<void> {
  const { json = false, namespace } = options;
  if (namespace !== undefined) checkSegment(namespace, 'namespace');
  dropRiskWarnings();
  const chosen = await chooseStore(options);
  const { driver, openMs } = await open(chosen, json);
  await using _ = driver;
  const signal = endEarly();
  const diagnosis = await diagnose(driver, namespace, signal);
  if (json)
    print(JSON.stringify({ store: nameOf(chosen), source: chosen.source, openMs: Math.round(openMs), ...diagnosis }));
  else show(diagnosis, chosen, openMs);
  conclude(diagnosis);
}

async function open(chosen: LoadedConfig, json: boolean) {
  const from = performance.now();
  try {
    return { driver: await openConfigured(chosen), openMs: performance.now() - from };
  } catch (error) {
    if (!isPersistError(error)) throw error;
    const advice = adviceFor(error);
    if (advice !== undefined) error.message += `\n${advice}`;
    if (json) print(JSON.stringify({ store: nameOf(chosen), source: chosen.source, status: 'broken', error }));
    throw error;
  }
}

/** The store, without a password. */
function nameOf({ config }: LoadedConfig): string {
  return typeof config === 'string' ? redactUrl(config) : `driver ${config.driver}`;
}

function show({ driver, facts, risks, operations }: Diagnosis, chosen: LoadedConfig, openMs: number): void {
  const { bold, yellow, red } = colorsFor(process.stdout);
  print(
    `${bold(printable(nameOf(chosen)))}, by ${chosen.source}: the ${driver} driver opened it in ${milliseconds(openMs)}`,
  );
  const widest = Math.max(0, ...Object.keys(facts).map((name) => name.length));
  for (const [name, value] of Object.entries(facts))
    print(`  ${name.padEnd(widest)}  ${printable(formatFact(name, value))}`);
  print();
  print(formatTable(['operation', 'outcome', 'times', 'median', 'worst'], operations.map(toRow)));
  for (const { operation, outcome, error } of operations) {
    if (error === undefined) continue;
    print();
    print(`${red(`${operation} ${outcome}:`)} ${printable(error.message)}`);
    const advice = adviceFor(error);
    if (advice !== undefined) print(`  ${advice}`);
  }
  if (risks.length === 0) return;
  print();
  for (const risk of risks) print(`${yellow('at risk:')} ${printable(risk)}`);
}

function toRow({ operation, outcome, times, median, worst }: Trial): string[] {
  return [operation, outcome, `${times}`, milliseconds(median), milliseconds(worst)];
}

/** A fact for people: sizes in units that can be read. */
function formatFact(name: string, value: string | number | boolean): string {
  if (typeof value !== 'number' || !name.endsWith('Bytes')) return `${value}`;
  const exponent = value < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${(value / 1024 ** exponent).toFixed(exponent === 0 ? 0 : 1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][exponent]}`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
}

/** @throws CommandFailure unless the store is fine */
function conclude({ status, risks, operations }: Diagnosis): void {
  const bad = operations.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed');
  if (status === 'broken') {
    const what = bad.map(({ operation, outcome }) => `${operation} ${outcome}`).join(', ');
    throw new CommandFailure(`the store does not work: ${what === '' ? risks.join(' ') : what}`);
  }
  if (status === 'at-risk')
    throw new AtRisk(`the store works, with ${risks.length} ${risks.length === 1 ? 'risk' : 'risks'}`);
}

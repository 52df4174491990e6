import {
  type CaseReport,
  documentationOf,
  type LevelReport,
  type Report,
  sections,
} from '@sandkeep/persist-conformance';
import { colorsFor, printable } from '../output.js';
import { formatTable } from '../table.js';
import { repeatCommand } from './repeat-command.js';

/** What a run has found, for people: a table of the sections, what was not verified, each failure's story, the levels. */
export function formatSummary(report: Report, target: string): string {
  const parts = [
    sectionTable(report),
    notVerified(report.cases),
    ...report.cases.filter(({ status }) => status === 'failed').map((result) => story(result, report.seed, target)),
    report.levels.map(describeLevel).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function sectionTable({ cases }: Report): string {
  const columns = ['section', 'passed', 'failed', 'not verified', 'time'];
  const row = (name: string, results: readonly CaseReport[]) => {
    const count = (status: CaseReport['status']) => String(results.filter((result) => result.status === status).length);
    const ms = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
    return [name, count('passed'), count('failed'), count('not-verified'), `${(ms / 1000).toFixed(1)} s`];
  };
  const rows = Object.entries(sections).flatMap(([id, title]) => {
    const results = cases.filter(({ section }) => section === id);
    return results.length === 0 ? [] : [row(`${id}. ${title}`, results)];
  });
  return formatTable(columns, [...rows, row('all', cases)]);
}

/** One line for each reason. */
function notVerified(cases: readonly CaseReport[]): string {
  const byReason = new Map<string, string[]>();
  for (const { id, status, reason = '' } of cases) {
    if (status === 'not-verified') byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
  }
  return [...byReason].map(([reason, ids]) => `not verified: ${ids.join(', ')}: ${reason}`).join('\n');
}

/** What was seen of a failing case, why it matters, and how to see it again. */
function story({ id, title, proves, error }: CaseReport, seed: number, target: string): string {
  const { red, bold } = colorsFor(process.stdout);
  return [
    `${red('FAILED')} ${bold(`${id} ${title}`)}`,
    ...String(error?.message)
      .split('\n')
      .map((line) => `  ${printable(line)}`),
    `  Why it matters: ${proves}`,
    `  More about it: ${documentationOf(id)}`,
    ...ownFrames(String(error?.stack)),
    `  To repeat it (seed ${seed}): ${repeatCommand(target, id, seed)}`,
  ].join('\n');
}

/** Where in the case it failed: the frames of a stack that are no part of Node.js. */
function ownFrames(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at .*(file:|\/)/.test(line) && !line.includes('node:'));
  return frames.slice(0, 3).map((frame) => `  ${printable(frame.trim())}`);
}

function describeLevel({ level, reached, notRun, heldBackBy }: LevelReport): string {
  const { green } = colorsFor(process.stdout);
  if (reached) return `level ${level}: ${green('reached')}`;
  const reasons = [
    ...(heldBackBy.length > 0 ? [`held back by ${heldBackBy.join(', ')}`] : []),
    ...(notRun > 0 ? [`${notRun} of its cases did not run`] : []),
  ];
  return `level ${level}: not reached (${reasons.join('; ') || 'the level below is not'})`;
}

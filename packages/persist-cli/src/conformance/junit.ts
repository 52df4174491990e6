import { type Report, sections } from '@sandkeep/persist-conformance';
import junitReportBuilder, { type Builder } from 'junit-report-builder';
import { repeatCommand } from './repeat-command.js';

// What Node.js gives for a CommonJS module's default import is not what its types say.
const junit = junitReportBuilder as unknown as Builder;

/** The report as JUnit XML: a suite for each section; what was not verified is skipped, with the reason as its output. */
export function junitXml(report: Report, target: string): string {
  const builder = junit.newBuilder().name(text(`conformance of ${report.harness}`));
  for (const [id, title] of Object.entries(sections)) {
    const results = report.cases.filter(({ section }) => section === id);
    if (results.length === 0) continue;
    const suite = builder.testSuite().name(`${id}. ${title}`).timestamp(report.startedAt);
    suite.time(results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000);
    for (const { id, title, status, durationMs, level, reason, error } of results) {
      const testCase = suite.testCase().className(`conformance.${level}`).name(`${id} ${title}`);
      testCase.time(durationMs / 1000);
      if (status === 'not-verified') testCase.skipped().standardOutput(text(`not verified: ${reason}`));
      if (error !== undefined) {
        testCase.failure(text(error.message)).stacktrace(text(error.stack));
        testCase.standardOutput(text(`To repeat it: ${repeatCommand(target, id, report.seed)}`));
      }
    }
  }
  return builder.build();
}

/** The text without the characters that XML cannot hold. */
function text(content: string): string {
  return content.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

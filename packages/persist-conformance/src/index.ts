export type { CaseContext } from './case-context.js';
export { conformanceCases } from './cases/index.js';
export { checkHarness } from './check-harness.js';
export { type ConformanceCase, type SectionId, sections } from './conformance-case.js';
export { documentationOf } from './documentation.js';
export type { CommitStep, Disturbance, LostAnswers, StorageFault, StoredFile } from './fault-hooks.js';
export type { Damage, Harness, HarnessHook, OpenedWithClient, ProcessOpener } from './harness.js';
export { type Level, levels } from './level.js';
export { hooks, isHook, levelOf, type Need } from './need.js';
export { NotVerified } from './not-verified.js';
export type { DriverProcess, DriverProcessOptions } from './process/driver-process.js';
export type { Random } from './random.js';
export {
  type RegisterConformanceOptions,
  registerConformance,
  type TestFunction,
  type TestRunner,
} from './register-conformance.js';
export type { CaseReport, CaseStatus, LevelReport, Report } from './report.js';
export { type RunConformanceOptions, runConformance } from './run-conformance.js';
export { selectCases } from './select-cases.js';

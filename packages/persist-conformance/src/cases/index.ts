import type { ConformanceCase } from '../conformance-case.js';
import { lifecycleCases } from './a-lifecycle.js';
import { roundTripCases } from './b-round-trip.js';
import { stateRoundTripCases } from './b-round-trip-of-states.js';
import { valueRoundTripCases } from './b-round-trip-of-values.js';
import { removeCases } from './c-remove.js';
import { compareAndSwapCases } from './d-compare-and-swap.js';
import { compareAndSwapRaceCases } from './d-compare-and-swap-races.js';
import { atomicityCases } from './e-atomicity.js';
import { crashCases } from './e-crash.js';
import { damageCases } from './e-damage.js';
import { storageFaultCases } from './e-storage-faults.js';
import { formatCases } from './f-format.js';
import { keyCases } from './g-keys.js';
import { listCases } from './h-list.js';
import { listMeanwhileCases } from './h-list-meanwhile.js';
import { lockCases } from './i-locks.js';
import { brokenLockCases } from './i-locks-broken.js';
import { processLockCases } from './i-locks-processes.js';
import { lockWaitingCases } from './i-locks-waiting.js';
import { backendFaultCases } from './j-backend-faults.js';
import { capabilityCases } from './j-capabilities.js';
import { checkCases } from './j-check.js';
import { errorCases } from './j-errors.js';
import { historyCases } from './k-histories.js';
import { watchCases } from './l-watch.js';
import { watchFaultCases } from './l-watch-faults.js';

/** Every case of the suite, section by section. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...lifecycleCases,
  ...roundTripCases,
  ...stateRoundTripCases,
  ...valueRoundTripCases,
  ...removeCases,
  ...compareAndSwapCases,
  ...compareAndSwapRaceCases,
  ...atomicityCases,
  ...crashCases,
  ...storageFaultCases,
  ...damageCases,
  ...formatCases,
  ...keyCases,
  ...listCases,
  ...listMeanwhileCases,
  ...lockCases,
  ...lockWaitingCases,
  ...brokenLockCases,
  ...processLockCases,
  ...capabilityCases,
  ...checkCases,
  ...errorCases,
  ...backendFaultCases,
  ...historyCases,
  ...watchCases,
  ...watchFaultCases,
];

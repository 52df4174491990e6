import { abortHalfWrites } from './abort-half-writes.js';
import { abortIgnored } from './abort-ignored.js';
import { abortedWaiterGetsLock } from './aborted-waiter-gets-lock.js';
import { afterMustExist } from './after-must-exist.js';
import { bytesAsText } from './bytes-as-text.js';
import { callsAfterCloseWork } from './calls-after-close-work.js';
import { caseFolded } from './case-folded.js';
import { checkBeforeWrite } from './check-before-write.js';
import { checkFindsLocks } from './check-finds-locks.js';
import { closeForgetsCalls } from './close-forgets-calls.js';
import { conditionsNotProbed } from './conditions-not-probed.js';
import { corruptReadAsMissing } from './corrupt-read-as-missing.js';
import { crashLeavesTorn } from './crash-leaves-torn.js';
import { createsTwice } from './creates-twice.js';
import { errorsWithoutFields } from './errors-without-fields.js';
import { exclusiveBesideShared } from './exclusive-beside-shared.js';
import type { Fault } from './faulty-driver.js';
import { fenceRepeats } from './fence-repeats.js';
import { holderNotTold } from './holder-not-told.js';
import { idleDriverKeepsProcess } from './idle-driver-keeps-process.js';
import { inputAliased } from './input-aliased.js';
import { jsonWrittenAnew } from './json-written-anew.js';
import { keyCheckMissing } from './key-check-missing.js';
import { leaseByWallClock } from './lease-by-wall-clock.js';
import { listFromOldSnapshot } from './list-from-old-snapshot.js';
import { listHoldsOn } from './list-holds-on.js';
import { listLosesPageBorder } from './list-loses-page-border.js';
import { listOrderByFileName } from './list-order-by-file-name.js';
import { listPagesByOffset } from './list-pages-by-offset.js';
import { listShowsTemporaries } from './list-shows-temporaries.js';
import { lockGrantedTwice } from './lock-granted-twice.js';
import { lockMakesDocument } from './lock-makes-document.js';
import { longerTailStays } from './longer-tail-stays.js';
import { lossNotTold } from './loss-not-told.js';
import { lostAnswerAsFailure } from './lost-answer-as-failure.js';
import { missingReadAsEmpty } from './missing-read-as-empty.js';
import { mutexOfProcess } from './mutex-of-process.js';
import { noConditionAsAbsent } from './no-condition-as-absent.js';
import { outageAsContention } from './outage-as-contention.js';
import { outageAsEmptyList } from './outage-as-empty-list.js';
import { prefixMatchesSiblings } from './prefix-matches-siblings.js';
import { readFromOwnCache } from './read-from-own-cache.js';
import { readFromSharedCache } from './read-from-shared-cache.js';
import { readJoinsRead } from './read-joins-read.js';
import { releaseDeletesAnothersLock } from './release-deletes-anothers-lock.js';
import { removeIgnoresExpect } from './remove-ignores-expect.js';
import { removeIsAlwaysTrue } from './remove-is-always-true.js';
import { removeTakesWhatIsBelow } from './remove-takes-what-is-below.js';
import { renewedLockIsStolen } from './renewed-lock-is-stolen.js';
import { repairRemovesDocuments } from './repair-removes-documents.js';
import { restartForgets } from './restart-forgets.js';
import { restartIsFinal } from './restart-is-final.js';
import { retryMeetsItself } from './retry-meets-itself.js';
import { secretInDriver } from './secret-in-driver.js';
import { secretInError } from './secret-in-error.js';
import { sharedAsExclusive } from './shared-as-exclusive.js';
import { staleExpectAccepted } from './stale-expect-accepted.js';
import { tooLargeAccepted } from './too-large-accepted.js';
import { versionForgottenInPause } from './version-forgotten-in-pause.js';
import { versionOfContent } from './version-of-content.js';
import { versionOfInstance } from './version-of-instance.js';
import { versionReusedAfterRemoval } from './version-reused-after-removal.js';
import { waitIsIgnored } from './wait-is-ignored.js';
import { watchEndsWithConnection } from './watch-ends-with-connection.js';
import { watchForgetsRemovals } from './watch-forgets-removals.js';
import { watchHoldsOn } from './watch-holds-on.js';
import { watchOnlyDeclared } from './watch-only-declared.js';
import { watchQueuesAll } from './watch-queues-all.js';
import { watchStartsLate } from './watch-starts-late.js';
import { watchTellsSiblings } from './watch-tells-siblings.js';
import { writeInTwoHalves } from './write-in-two-halves.js';
import { writeRemovesFirst } from './write-removes-first.js';

/** Every fault, in the order of the cases that catch them. */
export const faults: readonly Fault[] = [
  readFromOwnCache,
  callsAfterCloseWork,
  closeForgetsCalls,
  idleDriverKeepsProcess,
  bytesAsText,
  tooLargeAccepted,
  missingReadAsEmpty,
  readFromSharedCache,
  inputAliased,
  removeIsAlwaysTrue,
  removeTakesWhatIsBelow,
  versionReusedAfterRemoval,
  createsTwice,
  staleExpectAccepted,
  noConditionAsAbsent,
  removeIgnoresExpect,
  versionOfInstance,
  versionOfContent,
  checkBeforeWrite,
  mutexOfProcess,
  writeInTwoHalves,
  longerTailStays,
  listShowsTemporaries,
  writeRemovesFirst,
  abortHalfWrites,
  crashLeavesTorn,
  versionForgottenInPause,
  corruptReadAsMissing,
  jsonWrittenAnew,
  keyCheckMissing,
  caseFolded,
  listOrderByFileName,
  listLosesPageBorder,
  afterMustExist,
  listPagesByOffset,
  prefixMatchesSiblings,
  listHoldsOn,
  listFromOldSnapshot,
  lockGrantedTwice,
  sharedAsExclusive,
  exclusiveBesideShared,
  lockMakesDocument,
  releaseDeletesAnothersLock,
  holderNotTold,
  waitIsIgnored,
  abortedWaiterGetsLock,
  renewedLockIsStolen,
  fenceRepeats,
  outageAsContention,
  leaseByWallClock,
  lossNotTold,
  watchOnlyDeclared,
  checkFindsLocks,
  repairRemovesDocuments,
  abortIgnored,
  errorsWithoutFields,
  outageAsEmptyList,
  secretInDriver,
  secretInError,
  lostAnswerAsFailure,
  retryMeetsItself,
  conditionsNotProbed,
  restartForgets,
  restartIsFinal,
  readJoinsRead,
  watchForgetsRemovals,
  watchTellsSiblings,
  watchStartsLate,
  watchQueuesAll,
  watchHoldsOn,
  watchEndsWithConnection,
];

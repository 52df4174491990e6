import { abortIgnored } from './abort-ignored.js';
import { afterMustExist } from './after-must-exist.js';
import { caseFolded } from './case-folded.js';
import { checkBeforeWrite } from './check-before-write.js';
import { closeForgetsCalls } from './close-forgets-calls.js';
import { corruptReadAsMissing } from './corrupt-read-as-missing.js';
import type { Fault } from './faulty-driver.js';
import { fenceRepeats } from './fence-repeats.js';
import { inputAliased } from './input-aliased.js';
import { keyCheckMissing } from './key-check-missing.js';
import { listLosesPageBorder } from './list-loses-page-border.js';
import { listOrderByFileName } from './list-order-by-file-name.js';
import { lockGrantedTwice } from './lock-granted-twice.js';
import { missingReadAsEmpty } from './missing-read-as-empty.js';
import { outageAsContention } from './outage-as-contention.js';
import { prefixMatchesSiblings } from './prefix-matches-siblings.js';
import { readFromSharedCache } from './read-from-shared-cache.js';
import { releaseDeletesAnothersLock } from './release-deletes-anothers-lock.js';
import { removeIgnoresExpect } from './remove-ignores-expect.js';
import { removeTakesWhatIsBelow } from './remove-takes-what-is-below.js';
import { secretInDriver } from './secret-in-driver.js';
import { staleExpectAccepted } from './stale-expect-accepted.js';
import { versionOfContent } from './version-of-content.js';
import { versionReusedAfterRemoval } from './version-reused-after-removal.js';

export const faults: readonly Fault[] = [
  closeForgetsCalls,
  missingReadAsEmpty,
  readFromSharedCache,
  inputAliased,
  removeTakesWhatIsBelow,
  versionReusedAfterRemoval,
  staleExpectAccepted,
  removeIgnoresExpect,
  versionOfContent,
  checkBeforeWrite,
  corruptReadAsMissing,
  keyCheckMissing,
  caseFolded,
  listOrderByFileName,
  listLosesPageBorder,
  afterMustExist,
  prefixMatchesSiblings,
  lockGrantedTwice,
  releaseDeletesAnothersLock,
  fenceRepeats,
  outageAsContention,
  abortIgnored,
  secretInDriver,
];

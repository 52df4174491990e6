/** What an extraction could not keep, and how often: without root there are no owners and no devices. */
export interface Losses {
  /** Entries whose owner is the extracting user instead. */
  owners: number;
  /** Device nodes that were left out; one numbered 0:0 always is, since overlayfs takes it for a whiteout. */
  devices: number;
  /** Files and directories that the extracting user could not have read, which got `u+rw` (`u+rwx`). */
  modes: number;
  /** Entries whose extended attributes were left out. */
  attributes: number;
}

export function noLosses(): Losses {
  return { owners: 0, devices: 0, modes: 0, attributes: 0 };
}

export function addLosses(sum: Losses, more: Losses): void {
  for (const what of Object.keys(sum) as (keyof Losses)[]) sum[what] += more[what];
}

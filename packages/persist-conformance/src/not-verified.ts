/** Thrown by a case that finds that it cannot be verified with this driver and harness. */
export class NotVerified extends Error {
  /** @param reason completes the sentence "not verified: …" */
  constructor(readonly reason: string) {
    super(`not verified: ${reason}`);
  }
}

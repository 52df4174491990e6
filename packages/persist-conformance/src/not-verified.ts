/** Thrown by a case that finds that it cannot be verified with this driver and harness. */
export class NotVerified extends Error {
  readonly reason: string;
  readonly optional: boolean;

  /**
   * @param reason completes the sentence "not verified: …"
   * @param optional the case is about something that not every driver has: it holds no level back
   */
  constructor(reason: string, { optional = false }: { readonly optional?: boolean } = {}) {
    super(`not verified: ${reason}`);
    this.reason = reason;
    this.optional = optional;
  }
}

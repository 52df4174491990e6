/** Moves the wall clock of this process, as JavaScript sees it, by `offsetMs`. Timers keep their pace. */
export function shiftClock(offsetMs: number): void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...time: unknown[]) {
      super(...((time.length === 0 ? [RealDate.now() + offsetMs] : time) as []));
    }
    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  } as DateConstructor;
}

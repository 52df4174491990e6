/**
 * Moves the wall clock of this process, as JavaScript sees it. Timers keep their pace.
 * @param {number} offsetMs
 */
export function shiftClock(offsetMs) {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...time) {
      super(...(time.length === 0 ? [RealDate.now() + offsetMs] : time));
    }
    static now() {
      return RealDate.now() + offsetMs;
    }
  };
}

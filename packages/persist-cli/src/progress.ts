/** Shows on the standard error how many of `total` things are done, if it is a terminal. */
export interface Progress {
  step(): void;
  /** Begins again from none, under another title. */
  restart(title: string): void;
  end(): void;
}

/** Whether there is anybody to see a progress. @param hidden show nothing */
export function showsProgress(hidden: boolean): boolean {
  return !hidden && process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

/** @param hidden show nothing */
export async function startProgress(title: string, total: number, hidden: boolean): Promise<Progress> {
  if (!showsProgress(hidden)) return { step() {}, restart() {}, end() {} };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: '{title} [{bar}] {value}/{total}',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  });
  bar.start(total, 0, { title });
  return {
    step: () => bar.increment(),
    restart(next) {
      bar.stop();
      bar.start(total, 0, { title: next });
    },
    end: () => bar.stop(),
  };
}

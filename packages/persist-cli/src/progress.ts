/** Shows on the standard error how many of `total` things are done, if it is a terminal. */
export interface Progress {
  step(): void;
  end(): void;
}

/** @param hidden show nothing */
export async function startProgress(title: string, total: number, hidden: boolean): Promise<Progress> {
  if (hidden || !process.stderr.isTTY || process.env.TERM === 'dumb') return { step() {}, end() {} };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: `${title} [{bar}] {value}/{total}`,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), end: () => bar.stop() };
}

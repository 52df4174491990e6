import { setImmediate } from 'node:timers/promises';
import pc from 'picocolors';
import { CommandFailure } from './command-failure.js';
import { Interruption } from './interruption.js';

const closed = new AbortController();

/**
 * Aborted when output cannot be written any more: with an {@link Interruption} if its reader has gone away,
 * as in `sandkeep demo | head -1`, else with a {@link CommandFailure}, as on a full disk.
 */
export const outputClosed: AbortSignal = closed.signal;

/** From now on, output that cannot be written is dropped, and aborts {@link outputClosed}. */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      closed.abort(
        code === 'EPIPE' ? new Interruption('SIGPIPE') : new CommandFailure(`the output cannot be written: ${message}`),
      );
    });
  }
}

/** Waits until all output is written. @throws CommandFailure if that failed; a reader that has gone away is no failure */
export async function outputWritten(): Promise<void> {
  await new Promise((resolve) => process.stdout.write('', resolve));
  await setImmediate(); // the events of an error come after the callbacks
  if (outputClosed.reason instanceof CommandFailure) throw outputClosed.reason;
}

/** Prints a line to the standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a line to the standard error, where no program takes it for a result. */
export function remark(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Colours for what is printed to a stream: none unless it is a terminal, and none with `NO_COLOR`. */
export function colorsFor(stream: NodeJS.WriteStream) {
  return pc.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');
}

/**
 * A stored text as it may be shown on a terminal: control characters, which could move the cursor or
 * forge output, are escaped.
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

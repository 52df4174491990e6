import { once } from 'node:events';

/** Writes bytes to the standard output, no faster than they are read. @throws the reason of the signal */
export async function writeToStdout(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    if (process.stdout.write(chunk)) continue;
    await once(process.stdout, 'drain', { signal }).catch(() => signal.throwIfAborted());
  }
}

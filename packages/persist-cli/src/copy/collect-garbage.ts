import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After how many documents. */
const interval = 500;

/**
 * V8 lets garbage pile up to a good part of the machine's memory before it looks for it; what has gone through the
 * hands of a copy is garbage at once. So it is told to look after every so many documents, which takes milliseconds.
 * @returns to be called for each document
 */
export function collectGarbage(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let documents = 0;
  return () => {
    documents += 1;
    if (documents % interval === 0) collect();
  };
}

/** A call that the case waits for later: should it reject before, that alone does not end the process. */
export function inBackground<T>(call: Promise<T>): Promise<T> {
  call.catch(() => {});
  return call;
}

/**
 * A state whose text follows from its number, so that a reader can tell whether it is whole.
 *
 * @param {number} n
 * @param {number} bytes about how long the text is
 * @returns {{
 *   sandbox: { state: 'running', n: number, bytes: number, text: string },
 *   containers: Map<string, { state: 'running', n: number, text: string }>,
 * }}
 */
export function numberedState(n, bytes) {
  const text = `${n};`.repeat(Math.ceil(bytes / `${n};`.length));
  return {
    sandbox: { state: 'running', n, bytes, text },
    containers: new Map([['c1', { state: 'running', n, text }]]),
  };
}

/** @throws Error if the parts of the state do not belong together */
export function assertWhole({ id, sandbox, containers }) {
  const expected = numberedState(sandbox.n, sandbox.bytes);
  const container = containers.get('c1');
  if (sandbox.text !== expected.sandbox.text || container?.n !== sandbox.n || container?.text !== sandbox.text) {
    throw new Error(`the state ${sandbox.n} of ${id} is not whole`);
  }
}

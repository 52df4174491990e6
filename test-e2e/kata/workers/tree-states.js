/** The state of a sandbox that says in every file which number it is. */
export function numberedSandbox(n, ...containers) {
  const state = { state: 'running', cgroupPath: `/${n}`, filler: 'x'.repeat(3000 + n) };
  return { id: 'box', sandbox: state, containers: new Map(containers.map((id) => [id, state])) };
}

/** The sandbox before, and the one after it in which one container has gone and one is new. */
export const before = numberedSandbox(1, 'box', 'gone');
export const after = numberedSandbox(2, 'box', 'new');

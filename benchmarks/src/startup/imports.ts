import { withRatios } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { startedPackages } from './packages.js';
import { timeProcesses } from './processes.js';

/** How long an `import` takes in a fresh process: what a bare process takes is subtracted. */
export async function imports(): Promise<Group> {
  const clients = [...new Set(startedPackages.flatMap(({ client }) => client ?? []))];
  const names = [...clients, ...startedPackages.map(({ name }) => name)];
  const load = (text: string) => ['--input-type=module', '--eval', text];
  const [bare, ...loaded] = timeProcesses(
    [{ name: 'nothing', args: load('') }, ...names.map((name) => ({ name, args: load(`import '${name}'`) }))],
    7,
  );
  const costs = new Map(loaded.map(({ name, value }) => [name, value - (bare?.value ?? 0)]));
  const measurements = startedPackages.flatMap(({ name, client = '' }) => {
    const value = costs.get(name) ?? 0;
    const floor = costs.get(client) ?? 0;
    return [
      { name: `import '${client}'`, value: floor, ratio: 1 },
      { name: `import '${name}'`, value, ratio: value / floor },
    ];
  });
  return { title: 'import in a fresh process, beside the client library', unit: 'ms', measurements };
}

/** The command beside a process that does nothing. */
export async function commandStart(): Promise<Group> {
  const cli = new URL('../../../packages/persist-cli/bin/sandkeep.js', import.meta.url).pathname;
  const runs = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'sandkeep --version', args: [cli, '--version'] },
    { name: 'sandkeep --help', args: [cli, '--help'] },
    { name: 'sandkeep ls --url memory:', args: [cli, 'ls', '--url', 'memory:'] },
  ];
  return { title: 'from start to end of a process', unit: 'ms', measurements: withRatios(timeProcesses(runs, 9)) };
}

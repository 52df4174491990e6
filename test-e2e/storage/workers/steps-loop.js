/**
 * Takes random steps that make sense, one after the other, and prints each as a line of JSON before (`begin`)
 * and after it (`done`), until it is killed.
 *
 *     node steps-loop.js <records> <graph root> <run root> <layout> <seed> <state as JSON>
 */
import { openDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { steps } from './step.js';

const [records, graphRoot, runRoot, layout, seed, state] = process.argv.slice(2);
const driver = await openDriver(records);
const storage = await StorageService.open({ driver, graphRoot, runRoot });
const { extra, containers } = JSON.parse(state);
let random = Number(seed);

function choose(choices) {
  random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
  return choices[Math.floor((random / 2 ** 32) * choices.length)];
}

function possible(name) {
  const mounts = containers[name];
  if (mounts === undefined) return [['create', name]];
  return [mounts < 2 ? ['start', name] : undefined, ['stop', name], ['delete', name]].filter(Boolean);
}

function note([step, name]) {
  if (step === 'import') extra.there = true;
  else if (step === 'remove') extra.there = false;
  else if (step === 'delete') delete containers[name];
  else if (step === 'create') containers[name] = 0;
  else containers[name] = Math.max(0, containers[name] + (step === 'start' ? 1 : -1));
}

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
print({ ready: true });
for (;;) {
  const image = extra.there ? ['remove', 'extra'] : ['import', 'extra'];
  const step = choose([image, ...['one', 'two', 'three'].flatMap(possible)]);
  print({ begin: step });
  await steps[step[0]](storage, layout, step[1]);
  print({ done: step });
  note(step);
}

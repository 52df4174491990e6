import { parseArgs } from 'node:util';
import { describeMachine } from './measure/machine.js';
import { formatGroup } from './run/format-group.js';
import { type Result, storeResults } from './run/results.js';
import { runTopic } from './run/run-topic.js';
import { topics } from './run/topics.js';

const usage = `usage: npm run bench -- <${Object.keys(topics).join('|')}> [options]
  --only <part>       only these sections, such as fs/tmpfs/save, tmpfs or save; can be given several times
  --dir <directory>   fs: measure below this directory instead; can be given several times
  --json              print JSON
  --save              also put the results into docs/benchmarks, for npm run bench:report`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    dir: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    save: { type: 'boolean' },
  },
});
const [name = ''] = positionals;
const topic = Object.hasOwn(topics, name) ? topics[name] : undefined;
if (topic === undefined) {
  console.error(usage);
  process.exit(2);
}
const results: Result[] = [];
if (!values.json) console.log(describeMachine());
for await (const result of runTopic(name, topic, { only: values.only, directories: values.dir })) {
  results.push(result);
  if (values.save) storeResults(name, results);
  if (!values.json) console.log(`\n${result.id}: ${formatGroup(result)}`);
}
if (results.length === 0) {
  const ids = topic.sections({ directories: values.dir }).map(({ id }) => id);
  console.error(`--only ${values.only?.join(' --only ')}: there is no such section; ${name} has ${ids.join(', ')}`);
  process.exit(2);
}
if (values.json) console.log(JSON.stringify(results, undefined, 2));

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Result, storedResults, storeResults } from '../run/results.js';
import { runTopic } from '../run/run-topic.js';
import { topics } from '../run/topics.js';
import { barChart } from './bar-chart.js';
import { charts } from './charts.js';
import { markdownTable } from './markdown-table.js';

const docs = new URL('../../../docs/', import.meta.url);
const page = new URL('benchmarks.md', docs);

const { values } = parseArgs({ options: { run: { type: 'boolean' } } });
if (values.run) await runAll();
const results = new Map(
  Object.keys(topics)
    .flatMap(storedResults)
    .map((result) => [result.id, result]),
);
writeFileSync(page, fillIn(readFileSync(page, 'utf8')));
for (const [name, id] of Object.entries(charts)) {
  writeFileSync(new URL(`benchmarks/${name}.svg`, docs), `${barChart(resultOf(id))}\n`);
}

/** Measures everything anew, which takes some minutes. */
async function runAll(): Promise<void> {
  for (const [name, topic] of Object.entries(topics)) {
    for await (const result of runTopic(name, topic, { only: undefined, directories: undefined })) {
      console.log(result.id);
      storeResults(name, [result]);
    }
  }
}

/** The page with a table between each `<!-- result: id -->` and the `<!-- end -->` that follows. */
function fillIn(text: string): string {
  return text.replace(
    /(<!-- result: (\S+) -->)[^]*?(<!-- end -->)/g,
    (_, begin: string, id: string, end: string) => `${begin}\n\n${markdownTable(resultOf(id))}\n\n${end}`,
  );
}

function resultOf(id: string): Result {
  const result = results.get(id);
  if (result === undefined)
    throw new Error(`${id} is not measured: npm run bench -- ${id.split('/')[0]} --only ${id} --save`);
  return result;
}

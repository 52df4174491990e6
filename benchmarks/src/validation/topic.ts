import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import type { Topic } from '../run/topic.js';
import { encode, fromPlain, toPlain } from '../workload/plain-state.js';
import { sampleState } from '../workload/sample.js';

/** What validating costs beside the parsing and the encoding that every document needs anyway. */
export const validationTopic: Topic = {
  sections: () =>
    [1, 10, 100, 1000].map((containers) => ({
      id: `validation/${containers}`,
      run: () => validation(containers),
    })),
};

async function validation(containers: number): Promise<Group> {
  const state = sampleState(containers);
  const text = encode(state);
  const plain = toPlain(state);
  const candidates: Candidate[] = [
    { name: 'JSON.parse', run: () => JSON.parse(text) },
    { name: 'JSON.stringify', run: () => JSON.stringify(plain) },
    { name: 'validating by the default schemas', run: () => fromPlain(plain) },
  ];
  return {
    title: `a sandbox with ${containers} containers, ${Math.round(text.length / 1024)} KB`,
    unit: 'µs',
    measurements: await compare(candidates, { rounds: 20, runs: containers > 100 ? 5 : 50 }),
  };
}

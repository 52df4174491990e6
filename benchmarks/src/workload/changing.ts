import type { Candidate } from '../measure/candidate.js';
import type { State } from './sample.js';

let changes = 0;

/** Changes a state a little and keeps its size, as a database may well skip a save that changes nothing. */
export function change<Changed extends Pick<State, 'sandbox'>>(state: Changed): Changed {
  changes += 1;
  state.sandbox.cgroupPath = `/kubepods/burstable/pod1/${String(changes).padStart(8, '0')}`;
  return state;
}

/** The candidates, each run of which finds the state changed. */
export function changing(state: State, candidates: readonly Candidate[]): Candidate[] {
  return candidates.map((candidate) => ({ ...candidate, prepare: () => change(state) }));
}

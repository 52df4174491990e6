import type { LostAnswers } from '@sandkeep/persist-conformance';
import type { FaultProxy } from './fault-proxy.js';

/** From now on a proxy loses one answer of `every`, and tells how many. */
export function loseAnswers(proxy: FaultProxy, every: number): LostAnswers {
  let answers = 0;
  let lost = 0;
  proxy.loseAnswer = () => {
    answers += 1;
    if (answers % every !== 0) return false;
    lost += 1;
    return true;
  };
  return {
    get lost() {
      return lost;
    },
    stop: async () => {
      proxy.loseAnswer = () => false;
    },
  };
}

import { randomInt } from 'node:crypto';
import { PersistError } from '@sandkeep/persist-api';

const bound = 2 ** 32;

/**
 * The seed to use: the given one, or one by chance.
 * @throws `INVALID_ARGUMENT` unless it is an integer from 0 to 2^32 - 1
 */
export function chooseSeed(seed: number = randomInt(bound)): number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= bound) {
    throw new PersistError('INVALID_ARGUMENT', `seed ${seed} is not valid: expected an integer from 0 to ${bound - 1}`);
  }
  return seed;
}

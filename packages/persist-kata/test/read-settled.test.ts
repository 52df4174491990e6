import { expect, test } from 'vitest';
import { readSettled } from '../src/tree/read-settled.js';

/** Reads these texts one after the other, the last one for ever; `!` is what is damaged. */
function reading(...texts: string[]) {
  let readings = 0;
  const value = readSettled({
    read: async () => texts[Math.min(readings++, texts.length - 1)] as string,
    isSame: (a, b) => a === b,
    decode: (text) => {
      if (text.includes('!')) throw new Error(`damaged: ${text}`);
      return text;
    },
    wait: async () => {},
  });
  return { value, count: () => readings };
}

test.each([
  ['what does not change', ['a'], 'a', 2],
  ['what changes before it settles', ['a', 'b', 'c', 'c'], 'c', 4],
  ['what was half written', ['a', '!', 'b', 'b'], 'b', 4],
  ['what was half written twice in a row', ['!', '!', 'b'], 'b', 5],
])('%s is read', async (_, texts, expected, count) => {
  const { value, count: readings } = reading(...texts);
  expect(await value).toBe(expected);
  expect(readings()).toBe(count);
});

test('what stays damaged is damaged', async () => {
  await expect(reading('a', '!').value).rejects.toThrow('damaged: !');
});

test('what never settles is read as it is at last', async () => {
  const texts = Array.from({ length: 30 }, (_, index) => String(index));
  const { value, count } = reading(...texts);
  expect(await value).toBe('19');
  expect(count()).toBe(20);
});

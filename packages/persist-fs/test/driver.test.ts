import { openDriver } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { driver } from '../src/index.js';

test.each([
  ['file:///var/lib/a', '/var/lib/a'],
  ['FILE:///var/lib/a%20b', '/var/lib/a b'],
])('%s is the root %s', (url, root) => {
  expect(driver.fromUrl(url)).toEqual({ root });
});

test.each(['file:state', 'file:./state', 'file:../state', 'file:/state', 'file://state', 'file://host/state', 'file:'])(
  '%s is refused, naming it and what is expected',
  async (url) => {
    await expect(openDriver(`${url}?create=true`, { from: import.meta.dirname })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message:
        `URL "${url}" is not valid: expected file:///absolute/directory, ` + "or { driver: 'fs', root: './relative' }",
    });
  },
);

test('its root is a path, which openDriver resolves', () => {
  expect(driver.pathOptions).toEqual(['root']);
});

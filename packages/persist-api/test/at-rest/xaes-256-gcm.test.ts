import { createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { open, seal } from '../../src/at-rest/xaes-256-gcm.js';

// Those of https://c2sp.org/XAES-256-GCM: the two keys differ in the first bit of what the subkey is made of.
it.each([
  [1, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
  [3, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
])('the test vectors of the specification: key of %i, "%s"', (byte, associated, sealed) => {
  const input = {
    key: createSecretKey(Buffer.alloc(32, byte)),
    nonce: Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX'),
    associated: Buffer.from(associated),
  };
  const plain = Buffer.from('XAES-256-GCM');
  expect(Buffer.concat(seal({ ...input, data: plain })).toString('hex')).toBe(sealed);
  expect(open({ ...input, data: Buffer.from(sealed, 'hex') })).toEqual(plain);
});

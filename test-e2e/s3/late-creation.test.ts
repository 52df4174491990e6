import { afterAll, expect, test } from 'vitest';
import type { S3Request } from '../services/s3-message.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { describeCalls, isLinearizable } from '../support/linearizable.js';
import { RecordedDocument } from '../support/recorded-document.js';
import { freshStorageOn } from './storage.js';

const strong = await ScriptedS3Server.start();
const weak = await ScriptedS3Server.start({ conditionalDelete: false, etags: 'unquoted', missing: 412 });
afterAll(() => Promise.all([strong.close(), weak.close()]));

test.each([
  ['with conditional DELETE', strong],
  ['with tombstones', weak],
])(
  '%s, a creation whose connection was cut is not applied after a removal, or its outcome is unknown',
  async (_, server) => {
    await using driver = await freshStorageOn(server).open();
    const document = new RecordedDocument('a');
    let held: S3Request | undefined;
    server.script = (request) => {
      if (held !== undefined || request.method !== 'PUT') return undefined;
      held = request;
      return 'cut';
    };
    await document.write(driver, 'late', 'absent');
    await document.remove(driver);
    await document.read(driver);
    server.model.answer(held as S3Request);
    await document.read(driver);
    expect(isLinearizable(document.calls), describeCalls(document.calls)).toBe(true);
  },
);

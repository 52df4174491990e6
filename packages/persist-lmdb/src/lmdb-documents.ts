import {
  type ConditionalDocuments,
  checkExpectation,
  DocumentDraft,
  decodeDocument,
  isProcessGone,
  listBatches,
  PersistError,
  processToken,
  type Version,
} from '@sandkeep/persist-api';
import { getLastVersion, IF_EXISTS } from 'lmdb';
import type { LmdbEnvironment } from './lmdb-environment.js';

type Expectation = Version | 'absent' | undefined;

/** Conditional documents in one part of an environment: those whose stored keys begin with `space`, one character. */
export function lmdbDocuments(environment: LmdbEnvironment, space: string): ConditionalDocuments {
  const toBytes = (key: string) => Buffer.from(space + key, 'latin1');

  function conflict(key: string, expect: Expectation): PersistError {
    const isThere = environment.read((db) => db.doesExist(toBytes(key)));
    checkExpectation(expect, isThere ? String(getLastVersion()) : undefined);
    return new PersistError('CONFLICT', 'no document was expected, but there was one, which is removed by now');
  }

  return {
    process: processToken,
    isGone: isProcessGone,

    async read(key) {
      const bytes = environment.read((db) => db.getBinary(toBytes(key)));
      if (bytes === undefined) return undefined;
      const version = String(getLastVersion());
      const document = decodeDocument(bytes);
      if (document.version === version) return document;
      throw new PersistError('CORRUPT', `the document is damaged: it is version ${document.version}, not ${version}`);
    },

    async write(key, data, expect) {
      const draft = new DocumentDraft(data);
      const version = await environment.versions.next();
      const bytes = draft.encode(String(version));
      const isWritten = await environment.write((db) => db.put(toBytes(key), bytes, version, toCondition(expect)));
      draft.recycle();
      if (!isWritten) throw conflict(key, expect);
      return String(version);
    },

    async remove(key, expect) {
      const condition = expect === undefined ? IF_EXISTS : toCondition(expect);
      const isRemoved = await environment.write((db) => db.remove(toBytes(key), condition));
      if (!isRemoved && expect !== undefined) throw conflict(key, expect);
      return isRemoved;
    },

    /** Each batch is a read transaction of its own: one that lasts would keep LMDB from reusing any page. */
    list(prefix = '', after = '', signal) {
      const end = toBytes(prefix);
      end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
      return listBatches(after > prefix ? after : prefix, signal, (last, limit) => {
        const range = { start: toBytes(last), end, exclusiveStart: true, limit };
        const keys = environment.read((db) => [...db.getKeys(range)]);
        return keys.map((key) => Buffer.from(key).toString('latin1', 1));
      });
    },
  };
}

/** As LMDB takes it: undefined is none, null (which its types lack) "must not exist"; NaN holds for no version. */
function toCondition(expect: Expectation): number {
  if (expect === undefined || expect === 'absent') return (expect && null) as never;
  return String(Number(expect)) === expect ? Number(expect) : Number.NaN;
}

import { checkExpectation, decodeDocument, encodeHeader, PersistError, type Version } from '@sandkeep/persist-api';
import { getLastVersion, IF_EXISTS } from 'lmdb';
import type { LmdbEnvironment } from './lmdb-environment.js';

type Expectation = Version | 'absent' | undefined;

const keysPerBatch = 500;

/** Conditional documents in one part of an environment: those whose stored keys begin with `space`, one character. */
export function lmdbDocuments(environment: LmdbEnvironment, space: string) {
  const toBytes = (key: string) => Buffer.from(space + key, 'latin1');

  function conflict(key: string, expect: Expectation): PersistError {
    const isThere = environment.read((db) => db.doesExist(toBytes(key)));
    checkExpectation(expect, isThere ? String(getLastVersion()) : undefined);
    return new PersistError('CONFLICT', 'no document was expected, but there was one, which is removed by now');
  }

  return {
    async read(key: string) {
      const bytes = environment.read((db) => db.getBinary(toBytes(key)));
      if (bytes === undefined) return undefined;
      const version = String(getLastVersion());
      const document = decodeDocument(bytes);
      if (document.version === version) return document;
      throw new PersistError('CORRUPT', `the document is damaged: it is version ${document.version}, not ${version}`);
    },

    async write(key: string, data: Uint8Array, expect: Expectation) {
      const version = await environment.nextVersion();
      const bytes = Buffer.concat([encodeHeader(String(version), data), data]);
      const isWritten = await environment.write((db) => db.put(toBytes(key), bytes, version, toCondition(expect)));
      if (!isWritten) throw conflict(key, expect);
      return String(version);
    },

    async remove(key: string, expect: Version | undefined) {
      const condition = expect === undefined ? IF_EXISTS : toCondition(expect);
      const isRemoved = await environment.write((db) => db.remove(toBytes(key), condition));
      if (!isRemoved && expect !== undefined) throw conflict(key, expect);
      return isRemoved;
    },

    /** Each batch is a read transaction of its own: one that lasts would keep LMDB from reusing any page. */
    async *list(prefix = '', after = '', signal?: AbortSignal): AsyncGenerator<string> {
      const end = toBytes(prefix);
      end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
      let start = toBytes(after > prefix ? after : prefix);
      for (let count = keysPerBatch; count === keysPerBatch; ) {
        signal?.throwIfAborted();
        const range = { start, end, exclusiveStart: true, limit: keysPerBatch };
        const keys = environment.read((db) => [...db.getKeys(range)]);
        yield* keys.map((key) => Buffer.from(key).toString('latin1', 1));
        count = keys.length;
        start = Buffer.from(keys.at(-1) ?? start);
      }
    },
  };
}

/** As LMDB takes it: undefined is none, null (which its types lack) "must not exist"; NaN holds for no version. */
function toCondition(expect: Expectation): number {
  if (expect === undefined || expect === 'absent') return (expect && null) as never;
  return String(Number(expect)) === expect ? Number(expect) : Number.NaN;
}

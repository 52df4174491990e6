import type { StorageContext } from '../storage-context.js';
import { type Finding, finding } from './problem.js';

/** Names of images and containers that are gone. A record is there before its name and goes after it. */
export async function* findNames(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  const kinds = [
    { kind: 'image', names: context.imageNames, records: context.images },
    { kind: 'container', names: context.containerNames, records: context.containers },
  ] as const;
  for (const { kind, names, records } of kinds) {
    for await (const { name, id } of names.all()) {
      // A name whose owner is gone may be gone itself by now.
      if ((await records.has(id)) || (await names.idOf(name)) !== id) continue;
      yield finding('name', name, `the ${kind} ${id} of this name is gone`, () => names.release(name, id));
    }
  }
}

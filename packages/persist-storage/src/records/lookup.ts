import type { Names } from './names.js';
import { type Records, type Stored, unlessDamaged } from './records.js';

/** What an id can be: one segment of a key. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/;

/**
 * Finds a complete record by its id, its name, or a beginning of its id that no other id has, in this order.
 * @param forms what was given, and how it is written in full where names have such a form
 * @param accepts which records count
 */
export async function lookup<T extends object>(
  records: Records<T>,
  names: Names,
  forms: readonly [nameOrId: string, fullName?: string | undefined],
  accepts: (value: T) => boolean,
): Promise<Stored<T> | undefined> {
  const get = async (id: string) => {
    const found = await records.get(id);
    return found !== undefined && accepts(found.value) ? found : undefined;
  };
  const [nameOrId] = forms;
  const isId = idForm.test(nameOrId);
  const exact = isId ? await get(nameOrId) : undefined;
  if (exact !== undefined) return exact;
  for (const name of forms) {
    const named = name === undefined ? undefined : await names.idOf(name);
    if (named !== undefined) return get(named);
  }
  if (!isId) return undefined;
  let only: Stored<T> | undefined;
  for await (const id of records.ids(nameOrId)) {
    const found = await unlessDamaged(get(id));
    if (found !== undefined && only !== undefined) return undefined;
    only = found ?? only;
  }
  return only;
}

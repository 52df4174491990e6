import { checkSegment, isPersistError } from '@sandkeep/persist-api';
import { listKataTree, readKataSandbox } from '@sandkeep/persist-kata';
import type { SandboxSource } from './sandbox-source.js';

/** The sandboxes below the root of a Kata host's state, which is only read, and no lock of it taken. */
export function kataHost(root: string): SandboxSource {
  return {
    async *list() {
      for (const id of await listKataTree(root)) if (isSandboxId(id)) yield id;
    },
    async find(id) {
      try {
        const { sandbox, containers, savedAt } = await readKataSandbox(root, id);
        return { id, revision: undefined, savedAt, sandbox, containers: Object.fromEntries(containers) };
      } catch (error) {
        if (!isPersistError(error, 'NOT_FOUND')) throw error;
        await listKataTree(root); // throws where the tree itself is missing
        return undefined;
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Kata gives no sandbox another id; what else is there is none. */
function isSandboxId(id: string): boolean {
  try {
    checkSegment(id, 'sandbox id');
    return true;
  } catch {
    return false;
  }
}

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { checkSegment, isPersistError, PersistError } from '@sandkeep/persist-api';
import { type KataSandbox, sandboxesDirectory, stateFile, type UnreadableKataSandbox } from './kata-sandbox.js';
import { kataContainerCodec, kataSandboxCodec } from './kata-state.js';
import { readSettled } from './read-settled.js';
import { TreeDirectory } from './tree-directory.js';

/** How long a damaged sandbox is given, in milliseconds, in case that somebody is just writing it. */
const patienceMs = 50;

/**
 * Reads a sandbox that Kata wrote below `root`, which is `/run/vc` on a host. It takes no lock and writes
 * nothing. As Kata does not write atomically, it reads until two readings in a row are the same.
 * @throws `INVALID_ARGUMENT` for a bad id, before any I/O
 * @throws `NOT_FOUND` if there is no such tree or sandbox, or it has no `persist.json`
 * @throws `CORRUPT` naming file and position, or field, if one of its files is damaged
 */
export async function readKataSandbox(root: string, id: string): Promise<KataSandbox> {
  checkSegment(id, 'sandbox id');
  await using sandboxes = await openSandboxes(root);
  return await readSandbox(sandboxes, id);
}

/**
 * Reads every sandbox below `root`, in the order of their ids, as {@link readKataSandbox} does. Each stands
 * alone: one that cannot be read, or has gone away meanwhile, is given with its error.
 * @throws `NOT_FOUND` if there is no such tree
 */
export async function* readKataTree(
  root: string,
): AsyncGenerator<KataSandbox | UnreadableKataSandbox, void, undefined> {
  await using sandboxes = await openSandboxes(root);
  for (const { name: id } of await sandboxes.entries()) {
    try {
      checkSegment(id, 'sandbox id');
      yield await readSandbox(sandboxes, id);
    } catch (error) {
      if (!isPersistError(error)) throw error;
      yield { id, error };
    }
  }
}

/** The ids of what {@link readKataTree} gives, in its order. @throws `NOT_FOUND` if there is no such tree */
export async function listKataTree(root: string): Promise<string[]> {
  await using sandboxes = await openSandboxes(root);
  return (await sandboxes.entries()).map(({ name }) => name);
}

async function openSandboxes(root: string): Promise<TreeDirectory> {
  await using directory = await TreeDirectory.open(root);
  const sandboxes = await directory.directory(sandboxesDirectory);
  if (sandboxes !== undefined) return sandboxes;
  const problem = `${root} has no directory ${sandboxesDirectory}: expected a directory such as /run/vc`;
  throw new PersistError('NOT_FOUND', problem);
}

function readSandbox(sandboxes: TreeDirectory, id: string): Promise<KataSandbox> {
  return readSettled({
    read: () => readFiles(sandboxes, id),
    isSame,
    decode: (files) => decode(sandboxes, id, files),
    wait: () => setTimeout(patienceMs),
  });
}

interface KataFiles {
  readonly sandbox: Buffer;
  /** By container id. */
  readonly containers: ReadonlyMap<string, Buffer>;
  readonly savedAt: Date;
}

async function readFiles(sandboxes: TreeDirectory, id: string): Promise<KataFiles> {
  await using directory = await sandboxes.directory(id);
  const path = join(sandboxes.path, id);
  if (directory === undefined) throw new PersistError('NOT_FOUND', `there is no sandbox ${path}`);
  const found = await directory.readFile(stateFile);
  if (found === undefined) throw new PersistError('NOT_FOUND', `${path} holds no state: it has no ${stateFile}`);
  let savedAt = found.modifiedAt;
  const containers = new Map<string, Buffer>();
  for (const entry of await directory.entries()) {
    if (!entry.isDirectory()) continue;
    await using containerDirectory = await directory.directory(entry.name);
    const file = await containerDirectory?.readFile(stateFile);
    if (file === undefined) continue;
    containers.set(entry.name, file.bytes);
    if (file.modifiedAt > savedAt) savedAt = file.modifiedAt;
  }
  return { sandbox: found.bytes, containers, savedAt };
}

function isSame(a: KataFiles, b: KataFiles): boolean {
  return (
    a.sandbox.equals(b.sandbox) &&
    a.containers.size === b.containers.size &&
    [...a.containers].every(([id, bytes]) => b.containers.get(id)?.equals(bytes))
  );
}

function decode(sandboxes: TreeDirectory, id: string, { sandbox, containers, savedAt }: KataFiles): KataSandbox {
  const path = join(sandboxes.path, id);
  return {
    id,
    sandbox: kataSandboxCodec.decode(sandbox, join(path, stateFile)),
    containers: new Map(
      [...containers].map(([containerId, bytes]) => {
        const file = join(path, containerId, stateFile);
        return [checkContainerId(containerId, file), kataContainerCodec.decode(bytes, file)];
      }),
    ),
    savedAt,
  };
}

function checkContainerId(id: string, file: string): string {
  try {
    checkSegment(id, 'container id');
    return id;
  } catch (error) {
    throw isPersistError(error) ? new PersistError('CORRUPT', `${file}: ${error.message}`) : error;
  }
}

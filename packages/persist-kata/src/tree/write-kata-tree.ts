import { resolve } from 'node:path';
import { checkSegment, invalidArgument, isPersistError, makeDirectory, PersistError } from '@sandkeep/persist-api';
import { type KataSandboxInput, sandboxesDirectory, stateFile } from './kata-sandbox.js';
import { kataContainerCodec, kataSandboxCodec } from './kata-state.js';
import { Staging, type StateFiles } from './staging.js';
import { TreeDirectory } from './tree-directory.js';
import { errnoOf, treeError } from './tree-error.js';

/** How a tree is written. */
export interface WriteKataOptions {
  /** `'absent'`: only where there is no state yet, else `CONFLICT`. @default replace what is there */
  readonly expect?: 'absent' | undefined;
}

/**
 * Writes sandboxes, one after the other, as Kata reads them back: `sbs/<id>/persist.json` and
 * `sbs/<id>/<container id>/persist.json` below `root`, which is made if it is missing. Directories are made
 * with mode 0700, files with 0600.
 *
 * A new sandbox appears whole, and is durable when the call resolves. Of one that is there, file after file
 * is replaced, each whole, once all of them are on the disk; then the containers go that the state lacks.
 * Neither takes Kata's lock: do not write into the tree of a host whose sandboxes run.
 * @throws `INVALID_ARGUMENT` that names the field, its value and what was expected, before that sandbox is
 *   touched; those before it are written
 * @throws `CONFLICT` with `expect: 'absent'`
 */
export async function writeKataTree(
  root: string,
  sandboxes: Iterable<KataSandboxInput> | AsyncIterable<KataSandboxInput>,
  options: WriteKataOptions = {},
): Promise<void> {
  for await (const sandbox of sandboxes) await writeKataSandbox(root, sandbox, options);
}

/** Writes one sandbox, as {@link writeKataTree} does. */
export async function writeKataSandbox(
  root: string,
  sandbox: KataSandboxInput,
  { expect }: WriteKataOptions = {},
): Promise<void> {
  if (expect !== undefined && expect !== 'absent') throw invalidArgument('expect', expect, "'absent' or undefined");
  const { id, files } = encode(sandbox);
  await using directory = await openRoot(resolve(root));
  await using sandboxes = await directory.ensureDirectory(sandboxesDirectory);
  await using existing = await sandboxes.directory(id);
  if (expect === 'absent') await expectAbsent(existing);
  await using staging = await Staging.create(directory);
  await using staged = await staging.write(id, files);
  if (existing !== undefined || !(await moveWhole(staging.directory, sandboxes, id))) {
    await using target = await sandboxes.ensureDirectory(id);
    if (expect === 'absent') await expectAbsent(target);
    await replaceFiles(staged, target, files);
  }
  await sandboxes.flush();
  await directory.flush();
}

/** Opens the root of a tree; makes it, durably, if it is missing. */
async function openRoot(root: string): Promise<TreeDirectory> {
  try {
    await makeDirectory(root);
  } catch (error) {
    throw treeError(error, root);
  }
  return TreeDirectory.open(root);
}

interface EncodedSandbox {
  readonly id: string;
  readonly files: StateFiles;
}

function encode({ id, sandbox, containers }: KataSandboxInput): EncodedSandbox {
  checkSegment(id, 'sandbox id');
  const files = [...containers].map(([containerId, container]): [string, string] => {
    checkSegment(containerId, 'container id');
    return [
      containerId,
      encodeNamed(`containers[${JSON.stringify(containerId)}]`, () => kataContainerCodec.encode(container)),
    ];
  });
  return { id, files: new Map([...files, ['', encodeNamed('sandbox', () => kataSandboxCodec.encode(sandbox))]]) };
}

function encodeNamed(name: string, run: () => string): string {
  try {
    return `${run()}\n`;
  } catch (error) {
    throw isPersistError(error) ? new PersistError(error.code, `${name}: ${error.message}`) : error;
  }
}

async function expectAbsent(existing: TreeDirectory | undefined): Promise<void> {
  if ((await existing?.readFile(stateFile)) === undefined) return;
  throw new PersistError('CONFLICT', `there is a sandbox ${existing?.path} already`);
}

/** Moves a whole sandbox to its place; false if somebody has put one there meanwhile. */
async function moveWhole(staging: TreeDirectory, sandboxes: TreeDirectory, id: string): Promise<boolean> {
  try {
    await staging.moveTo(sandboxes, id);
    return true;
  } catch (error) {
    const errno = errnoOf((error as Error).cause);
    if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return false;
    throw error;
  }
}

async function replaceFiles(staged: TreeDirectory, target: TreeDirectory, files: StateFiles): Promise<void> {
  for (const containerId of files.keys()) {
    if (containerId === '') {
      await staged.moveTo(target, stateFile);
    } else {
      await using from = await staged.ensureDirectory(containerId);
      await using to = await target.ensureDirectory(containerId);
      await from.moveTo(to, stateFile);
      await to.flush();
    }
  }
  for (const entry of await target.entries()) {
    if (!entry.isDirectory() || files.has(entry.name)) continue;
    await using container = await target.directory(entry.name);
    await container?.removeFile(stateFile);
    await target.removeEmptyDirectory(entry.name);
  }
  await target.flush();
}

import { randomBytes } from 'node:crypto';
import { access, constants, link, open, readdir, readFile, realpath, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, type PersistDriver, PersistError } from '@sandkeep/persist-api';
import { z } from 'zod';
import { hostId } from './host-id.js';
import { type LayerDriverName, probeLayerDriver } from './layers/choose-layer-driver.js';
import { parseJson } from './oci/verified-blob.js';
import { rootRecord } from './records/record.js';
import { Records } from './records/records.js';
import { systemError } from './system-error.js';

const rootFile = z.object({
  format: z.literal(1),
  /** Stands in the keys of all records of this root. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  layerDriver: z.enum(['overlay', 'vfs']),
  /** Absolute; kept here so that whoever opens the root finds the run directories. */
  runRoot: z.string(),
});

/** A storage root and what binds it to its records. */
export interface StorageRoot {
  readonly id: string;
  readonly graphRoot: string;
  readonly runRoot: string;
  readonly layerDriver: LayerDriverName;
  /** Why it is `vfs`, if that was chosen now because overlayfs does not work here. */
  readonly reason?: string | undefined;
}

interface WantedRoot {
  readonly layerDriver?: LayerDriverName | undefined;
  /** Absolute. */
  readonly runRoot?: string | undefined;
  readonly create: boolean;
}

/**
 * Opens the storage root in a directory, or makes one in an empty one. The root names the records that
 * belong to it and the records name the root and its host, so that neither is used with another's.
 * @param prefix the beginning of the keys of all roots' records
 * @param options.layerDriver undefined: the one that the root has, else overlay where it works, else vfs
 * @param options.runRoot undefined: the one that the root has, else `run` in the directory
 * @param options.create make the root if the directory is empty, or missing
 * @throws `NOT_FOUND` if there is no such directory, or it is empty
 * @throws `INVALID_ARGUMENT` for a directory that is not empty and no storage root
 * @throws `PERMISSION_DENIED`, `UNAVAILABLE` if it cannot be made or read
 * @throws `INVALID_STATE` if its records are not in this driver, belong to another host, or another layer
 *   driver or run root is wanted
 */
export async function openStorageRoot(
  driver: PersistDriver,
  prefix: string,
  directory: string,
  { layerDriver: wanted, runRoot: wantedRunRoot, create }: WantedRoot,
): Promise<StorageRoot> {
  const records = new Records(driver, `${prefix}roots/`, rootRecord);
  const host = await hostId();
  const graphRoot = await openDirectory(directory, create);
  const path = join(graphRoot, 'storage.json');
  let reason: string | undefined;
  let text = await readIfThere(path);
  if (text === undefined) {
    const entries = (await readdir(graphRoot)).filter((name) => !/^(overlay|vfs|trash|storage\.json.*)$/.test(name));
    if (entries.length > 0) {
      throw new PersistError(
        'INVALID_ARGUMENT',
        `${graphRoot} is no storage root, and not empty: it has ${entries[0]}`,
      );
    }
    if (!create) throw noStorageRoot(graphRoot);
    const chosen = wanted === undefined ? await probeLayerDriver(graphRoot) : { name: wanted, reason: undefined };
    const id = randomBytes(16).toString('hex');
    await records.create(id, { format: 1, id, host, graphRoot });
    const made = await writeNew(
      path,
      JSON.stringify({ format: 1, id, layerDriver: chosen.name, runRoot: wantedRunRoot ?? join(graphRoot, 'run') }),
    );
    if (made) reason = chosen.reason;
    else await records.remove(id);
    text = (await readIfThere(path)) ?? '';
  }
  const { id, layerDriver, runRoot } = parseJson(text, path, rootFile);
  const record = await records.get(id);
  if (record === undefined) {
    const where = `the records of the storage root ${graphRoot} are not in this ${driver.name} driver`;
    throw new PersistError('INVALID_STATE', `${where}: open it with the configuration that it was made with`);
  }
  if (record.value.host !== host) {
    const why = `${graphRoot} belongs to the host ${record.value.host}, this is ${host}`;
    throw new PersistError('INVALID_STATE', `${why}: a storage root cannot be shared by hosts`);
  }
  if (wanted !== undefined && wanted !== layerDriver) {
    throw new PersistError(
      'INVALID_STATE',
      `${graphRoot} was made with the layer driver ${layerDriver}, not ${wanted}`,
    );
  }
  if (wantedRunRoot !== undefined && wantedRunRoot !== runRoot) {
    throw new PersistError('INVALID_STATE', `${graphRoot} was made with the run root ${runRoot}, not ${wantedRunRoot}`);
  }
  return { id, graphRoot, runRoot, layerDriver, reason };
}

/** @returns its path without links, as the kernel's list of mounts has it */
async function openDirectory(path: string, create: boolean): Promise<string> {
  try {
    if (create) await makeDirectory(path);
    const found = await realpath(`${path}/.`);
    await access(found, constants.R_OK | constants.X_OK | (create ? constants.W_OK : 0));
    return found;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') throw noDirectory(path, cause);
    if (code === 'ENOENT' && !create) throw noStorageRoot(path, cause);
    throw systemError(cause);
  }
}

function noStorageRoot(graphRoot: string, cause?: unknown): PersistError {
  return new PersistError(
    'NOT_FOUND',
    `there is no storage root ${graphRoot}: it is made with create: true, or by "sandkeep storage import"`,
    { cause },
  );
}

function noDirectory(path: string, cause: unknown): PersistError {
  return new PersistError('INVALID_ARGUMENT', `the storage root ${path} is no directory`, { cause });
}

/** Writes a whole file unless there is one; false if there is. */
async function writeNew(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

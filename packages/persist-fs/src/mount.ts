import { readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where a directory's file system comes from, as the kernel tells (proc(5), sysfs). */
export interface Mount {
  /** The device, or whatever stands for it. */
  readonly source: string;
  /** Those of the mount and of the file system. */
  readonly options: ReadonlySet<string>;
  /** Whether an ext4 file system has a journal; undefined for others, and where the kernel does not tell. */
  readonly hasJournal: boolean | undefined;
  /** How many errors the kernel has met in an ext4 file system. */
  readonly errors: number;
}

/** The mount that `directory`, without links, is in; undefined where the kernel does not tell. */
export function findMount(directory: string): Mount | undefined {
  const line = mountLines()
    .filter(({ point }) => directory === point || directory.startsWith(point === '/' ? point : `${point}/`))
    .reduce<MountLine | undefined>(
      (best, one) => (best && best.point.length > one.point.length ? best : one),
      undefined,
    );
  if (line === undefined) return undefined;
  const { source, device } = line;
  const ext4 = line.type === 'ext4' ? ext4Directory(device) : undefined;
  const journal = ext4 && read(join(ext4, 'journal_task'));
  return {
    source,
    options: new Set(line.options),
    hasJournal: journal === undefined ? undefined : journal !== '<none>',
    errors: Number((ext4 && read(join(ext4, 'errors_count'))) ?? 0),
  };
}

interface MountLine {
  readonly device: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Later mounts come later, and hide earlier ones of the same mount point. */
function mountLines(): MountLine[] {
  return (read('/proc/self/mountinfo') ?? '').split('\n').flatMap((line) => {
    const [mount = '', fileSystem = ''] = line.split(' - ');
    const [, , device, , point, options] = mount.split(' ');
    const [type, source, superOptions] = fileSystem.split(' ');
    if (device === undefined || point === undefined || type === undefined || source === undefined) return [];
    const all = [options, superOptions].flatMap((list) => list?.split(',') ?? []);
    return [{ device, point: unescape(point), type, source: unescape(source), options: all }];
  });
}

function ext4Directory(device: string): string | undefined {
  try {
    return join('/sys/fs/ext4', basename(readlinkSync(`/sys/dev/block/${device}`)));
  } catch {
    return undefined;
  }
}

/** Blanks and the like stand in octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

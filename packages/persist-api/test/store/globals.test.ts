import { describe, expect, test, vi } from 'vitest';
import { memoryDriver, SandboxStore } from '../../src/index.js';

const open = () => {
  const driver = memoryDriver();
  return { driver, globals: new SandboxStore(driver).globals };
};

const all = async (names: AsyncIterable<string>) => {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
};

describe('globals', () => {
  test('bytes come back as they were written, and a shorter write leaves nothing of the longer one', async () => {
    const { globals } = open();
    const long = new Uint8Array([0, 255, 10, 13, 0]);
    const first = await globals.write('name', long);
    expect(await globals.read('name')).toEqual(long);
    const second = await globals.write('name', new Uint8Array([1]));
    expect(second).not.toBe(first);
    expect(await globals.read('name')).toEqual(new Uint8Array([1]));
    await globals.write('name', new Uint8Array());
    expect(await globals.read('name')).toEqual(new Uint8Array());
  });

  test('neither what is given nor what is read is shared', async () => {
    const { globals } = open();
    const bytes = new Uint8Array([1, 2]);
    const writing = globals.write('name', bytes);
    bytes.fill(9);
    await writing;
    const read = await globals.read('name');
    read?.fill(8);
    expect(await globals.read('name')).toEqual(new Uint8Array([1, 2]));
  });

  test('what is missing is undefined, and removing it false', async () => {
    const { globals } = open();
    expect(await globals.read('name')).toBeUndefined();
    expect(await globals.remove('name')).toBe(false);
    await globals.write('name', new Uint8Array([1]));
    expect(await globals.remove('name')).toBe(true);
    expect(await globals.read('name')).toBeUndefined();
  });

  test('names may have several segments, and are listed in ascending byte order', async () => {
    const { globals } = open();
    const names = ['uuid/b', 'uuid/a', 'uuid-x', 'uuid.x', 'a', 'B'];
    for (const name of names) await globals.write(name, new Uint8Array([1]));
    expect(await all(globals.list())).toEqual([...names].sort());
    expect(await all(open().globals.list())).toEqual([]);
  });

  test('a condition that does not hold is CONFLICT and changes nothing', async () => {
    const { globals } = open();
    const conflict = { code: 'CONFLICT', key: 'default/globals/name' };
    const first = await globals.write('name', new Uint8Array([1]), { ifRevision: 'absent' });
    await expect(globals.write('name', new Uint8Array([2]), { ifRevision: 'absent' })).rejects.toMatchObject(conflict);
    const second = await globals.write('name', new Uint8Array([3]), { ifRevision: first });
    await expect(globals.write('name', new Uint8Array([4]), { ifRevision: first })).rejects.toMatchObject(conflict);
    await expect(globals.remove('name', { ifRevision: first })).rejects.toMatchObject(conflict);
    expect(await globals.read('name')).toEqual(new Uint8Array([3]));
    expect(await globals.remove('name', { ifRevision: second })).toBe(true);
  });

  test.each([[''], ['..'], ['../x'], ['a//b'], ['/a'], ['a/'], ['a\0'], ['a'.repeat(256)], [undefined], [7]])(
    'the name %o is refused before any I/O',
    async (bad) => {
      const { driver, globals } = open();
      const io = [vi.spyOn(driver, 'read'), vi.spyOn(driver, 'write'), vi.spyOn(driver, 'remove')];
      const name = bad as string;
      const calls = [globals.write(name, new Uint8Array()), globals.read(name), globals.remove(name)];
      for (const call of calls) {
        await expect(call).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          message: expect.stringMatching(/^global name .* is not valid/),
        });
      }
      for (const method of io) expect(method).not.toHaveBeenCalled();
    },
  );

  test('only bytes can be written', async () => {
    const { globals } = open();
    await expect(globals.write('name', 'text' as unknown as Uint8Array)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      driver: 'memory',
    });
    expect(await globals.read('name')).toBeUndefined();
  });
});

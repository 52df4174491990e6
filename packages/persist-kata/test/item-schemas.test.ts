import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeJson, encodeJson } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { GoJsonCodec, itemSchemas } from '../src/index.js';

interface GoField {
  readonly name: string;
  readonly type: string;
}

/** Every struct of Kata's item store: its names in JSON, and its types in Go. */
const goSchema: Record<string, GoField[]> = JSON.parse(
  readFileSync(fileURLToPath(new URL('fixtures/schema-store.json', import.meta.url)), 'utf8'),
);

/** A value of each type, the largest where there is one. */
const examples: Record<string, unknown> = {
  bool: true,
  string: 'text',
  int: 2n ** 63n - 1n,
  int32: 2 ** 31 - 1,
  int64: -(2n ** 63n),
  uint: 2n ** 64n - 1n,
  uint8: 255,
  uint16: 65_535,
  uint32: 2 ** 32 - 1,
  uint64: 2n ** 64n - 1n,
  'net.IP': '10.0.0.1',
  'net.IPMask': '//8AAA==',
  'net.HardwareAddr': 'ClgKWAAF',
  'time.Time': '2021-05-05T14:51:00.123456789+02:00',
  'interface {} (interface)': { Any: 'thing' },
  interface: { Any: 'thing' },
};

/** A value of a Go type, with every field. */
function example(type: string): unknown {
  const [, slice] = /^\[\](.*)$/.exec(type) ?? [];
  if (slice !== undefined) return [example(slice)];
  const [, key, map] = /^map\[(\w+)\](.*)$/.exec(type) ?? [];
  if (map !== undefined) return { [key === 'string' ? 'key' : '7']: example(map) };
  if (type.startsWith('*')) return example(type.slice(1));
  const underlying = /^\S+ \((\w+)\)$/.exec(type)?.[1] ?? type;
  if (Object.hasOwn(examples, underlying)) return examples[underlying];
  const fields = goSchema[type];
  if (fields === undefined) throw new Error(`no such Go type: ${type}`);
  return Object.fromEntries(fields.map((field) => [field.name, fieldExample(type, field)]));
}

function fieldExample(struct: string, { name, type }: GoField): unknown {
  if (name === 'state') return 'running';
  if (struct === 'virtcontainers.SandboxConfig' && name === 'AgentConfig') return { LongLiveConn: true };
  if (struct === 'virtcontainers.SandboxConfig' && name === 'ShimConfig') return { Path: '/shim' };
  return example(type);
}

/** The names in a value that are Kata's, and not ours. */
function foreignNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(foreignNames);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(/^[A-Z]|_/.test(key) ? [key] : []),
    ...foreignNames(item),
  ]);
}

/** Every field is known, and written under the name that it had. */
function expectModelled(schema: z.ZodType, value: unknown): void {
  const codec = new GoJsonCodec<unknown>(schema);
  const decoded = codec.decode(encodeJson(value));
  expect(foreignNames(decoded).filter((name) => name !== 'Any')).toEqual([]);
  expect(decodeJson(codec.encode(decoded))).toEqual(value);
}

test.each([
  ['configuration', 'sandbox', 'virtcontainers.SandboxConfig'],
  ['configuration', 'container', 'virtcontainers.ContainerConfig'],
  ['state', 'sandbox', 'types.SandboxState'],
  ['state', 'container', 'types.ContainerState'],
  ['hypervisor', 'sandbox', 'virtcontainers.QemuState'],
  ['agent', 'sandbox', 'virtcontainers.KataAgentState'],
  ['process', 'container', 'virtcontainers.Process'],
  ['mounts', 'container', '[]virtcontainers.Mount'],
  ['device-ids', 'container', '[]virtcontainers.ContainerDevice'],
] as const)('the item %s of a %s has every field of %s', (item, scope, type) => {
  expectModelled(itemSchemas()[scope][item], example(type));
});

test.each([
  ['generic', 'drivers.GenericDevice'],
  ['block', 'drivers.BlockDevice'],
  ['vfio', 'drivers.VFIODevice'],
  ['vhost-user-blk-pci', 'drivers.VhostUserBlkDevice'],
  ['vhost-user-scsi-pci', 'drivers.GenericDevice', 'config.VhostUserDeviceAttrs'],
  ['vhost-user-fs-pci', 'drivers.GenericDevice', 'config.VhostUserDeviceAttrs'],
  ['virtio-net-pci', 'drivers.GenericDevice', 'config.VhostUserDeviceAttrs'],
])('a device %s has every field of %s', (type, ...structs) => {
  const data = Object.assign({}, ...structs.map(example));
  expectModelled(itemSchemas().sandbox.devices, [{ Type: type, Data: data }]);
});

test.each([
  ['physical', 'virtcontainers.PhysicalEndpoint'],
  ['virtual', 'virtcontainers.VethEndpoint'],
  ['vhost-user', 'virtcontainers.VhostUserEndpoint'],
  ['macvlan', 'virtcontainers.BridgedMacvlanEndpoint'],
  ['macvtap', 'virtcontainers.MacvtapEndpoint'],
  ['tap', 'virtcontainers.TapEndpoint'],
  ['tuntap', 'virtcontainers.TuntapEndpoint'],
  ['ipvlan', 'virtcontainers.IPVlanEndpoint'],
])('an endpoint %s has every field of %s', (type, struct) => {
  const network = { NetNsPath: '/run/netns/x', NetNsCreated: true, NetmonPID: 7 };
  const endpoints = [{ Type: type, Data: example(struct) }];
  expectModelled(itemSchemas().sandbox.network, { ...network, Endpoints: endpoints });
});

test('values of no known type keep their JSON, and a wrong one is told where it is', () => {
  const codec = new GoJsonCodec<unknown>(itemSchemas({ gpu: z.looseObject({ id: z.string() }) }).sandbox.devices);
  const json = '[{"Type":"quantum","Data":{"ID":[1,null,18446744073709551615]}},{"Type":"gpu","Data":{"ID":"g"}}]';
  const decoded = codec.decode(json);
  expect(decoded).toEqual([
    { type: 'quantum', raw: { ID: [1, null, 2n ** 64n - 1n] } },
    { type: 'gpu', data: { id: 'g' } },
  ]);
  expect(codec.encode(decoded)).toBe(json);
  expect(() => codec.decode('[{"Type":"vfio","Data":{"VfioDevs":[{"IsPCIe":1}]}}]', 'it')).toThrow(
    'it is damaged: [0].Data.VfioDevs[0].IsPCIe 1 is not valid: Invalid input: expected boolean, received number',
  );
});

test.each([
  [{ type: 'block', raw: {} }, '[0].raw of type object is not valid: expected data instead'],
  [{ type: 'quantum', data: {} }, '[0].raw undefined is not valid: expected the JSON of the unknown type "quantum"'],
  [{ type: 'quantum', raw: 1, data: 1 }, '[0].data 1 is not valid: expected raw instead'],
  [{ type: '', raw: 1 }, '[0].type "" is not valid: expected a type'],
  [{ data: {} }, '[0].type undefined is not valid'],
  [{ type: 'block' }, '[0].data undefined is not valid'],
  [{ type: 'block', data: { ID: 'b' } }, '[0].data.ID "b" is not valid: expected the name id'],
  [{ type: 'block', data: { blockDrive: { index: 0.5 } } }, '[0].data.blockDrive.index 0.5 is not valid'],
])('the device %j is refused', (device, message) => {
  const codec = new GoJsonCodec<unknown>(itemSchemas().sandbox.devices);
  expect(() => codec.encode([device])).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
  );
});

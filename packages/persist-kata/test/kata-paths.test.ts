import { describe, expect, test } from 'vitest';
import { KataPaths, kataItems, rootlessDirectory } from '../src/index.js';

describe('the paths of root', () => {
  test('of sandboxes and containers', () => {
    expect(KataPaths.sandboxConfigurationRootPath('web')).toBe('/var/lib/vc/sbs/web');
    expect(KataPaths.sandboxConfigurationRoot('web')).toBe('file:///var/lib/vc/sbs/web');
    expect(KataPaths.sandboxRuntimeRootPath('web')).toBe('/run/vc/sbs/web');
    expect(KataPaths.sandboxRuntimeRoot('web')).toBe('file:///run/vc/sbs/web');
    expect(KataPaths.containerConfigurationRootPath('web', 'web-1')).toBe('/var/lib/vc/sbs/web/web-1');
    expect(KataPaths.containerConfigurationRoot('web', 'web-1')).toBe('file:///var/lib/vc/sbs/web/web-1');
    expect(KataPaths.containerRuntimeRootPath('web', 'web-1')).toBe('/run/vc/sbs/web/web-1');
    expect(KataPaths.containerRuntimeRoot('web', 'web-1')).toBe('file:///run/vc/sbs/web/web-1');
  });

  test('of the storage', () => {
    expect(KataPaths.configStoragePath()).toBe('/var/lib/vc/sbs');
    expect(KataPaths.runStoragePath()).toBe('/run/vc/sbs');
    expect(KataPaths.runVMStoragePath()).toBe('/run/vc/vm');
    expect(KataPaths.vmUUIDStoragePath()).toBe('/var/lib/vc/uuid');
    expect(KataPaths.vcStoreUUIDPath()).toBe('file:///var/lib/vc/uuid');
  });

  test('of each item', () => {
    const files = kataItems.map((item) => [item, KataPaths.sandboxRuntimeItemPath('web', item)]);
    expect(Object.fromEntries(files)).toEqual({
      configuration: '/run/vc/sbs/web/config.json',
      state: '/run/vc/sbs/web/state.json',
      network: '/run/vc/sbs/web/network.json',
      hypervisor: '/run/vc/sbs/web/hypervisor.json',
      agent: '/run/vc/sbs/web/agent.json',
      process: '/run/vc/sbs/web/process.json',
      lock: '/run/vc/sbs/web/lock',
      mounts: '/run/vc/sbs/web/mounts.json',
      devices: '/run/vc/sbs/web/devices.json',
      'device-ids': '/run/vc/sbs/web/devices.json',
      uuid: '/run/vc/sbs/web/uuid.json',
    });
    expect(KataPaths.sandboxConfigurationItemPath('web', 'configuration')).toBe('/var/lib/vc/sbs/web/config.json');
  });
});

describe('the paths of another user', () => {
  const paths = KataPaths.rootless({ env: {}, uid: 1000 });

  test('are below the runtime directory, that of an item at run time, too', () => {
    expect(rootlessDirectory({ env: { XDG_RUNTIME_DIR: '/tmp/x' }, uid: 1000 })).toBe('/tmp/x');
    expect(rootlessDirectory({ env: { XDG_RUNTIME_DIR: '' }, uid: 1000 })).toBe('/run/user/1000');
    expect(paths.sandboxConfigurationItemPath('web', 'configuration')).toBe(
      '/run/user/1000/var/lib/vc/sbs/web/config.json',
    );
    expect(paths.sandboxRuntimeItemPath('web', 'state')).toBe('/run/user/1000/run/vc/sbs/web/state.json');
    expect(paths.containerRuntimeRoot('web', 'web-1')).toBe('file:///run/user/1000/run/vc/sbs/web/web-1');
    expect(paths.runVMStoragePath()).toBe('/run/user/1000/run/vc/vm');
    expect(paths.vcStoreUUIDPath()).toBe('file:///run/user/1000/var/lib/vc/uuid');
  });

  test('and below any directory', () => {
    expect(KataPaths.below('/mnt/host/').sandboxRuntimeRootPath('web')).toBe('/mnt/host/run/vc/sbs/web');
    expect(KataPaths.below('/mnt/host').vcStoreUUIDPath()).toBe('file:///mnt/host/var/lib/vc/uuid');
    expect(() => KataPaths.below('mnt')).toThrow('prefix "mnt" is not valid: expected an absolute directory');
  });
});

test.each(['', '..', '../x', 'a/b'])('the id %j is refused', (id) => {
  const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
  const ofSandbox = [
    KataPaths.sandboxConfigurationRoot,
    KataPaths.sandboxConfigurationRootPath,
    KataPaths.sandboxRuntimeRoot,
    KataPaths.sandboxRuntimeRootPath,
    (sandbox: string) => KataPaths.sandboxConfigurationItemPath(sandbox, 'state'),
    (sandbox: string) => KataPaths.sandboxRuntimeItemPath(sandbox, 'state'),
  ];
  const ofContainer = [
    KataPaths.containerConfigurationRoot,
    KataPaths.containerConfigurationRootPath,
    KataPaths.containerRuntimeRoot,
    KataPaths.containerRuntimeRootPath,
  ];
  for (const path of ofSandbox) expect(() => path(id)).toThrow(refused);
  for (const path of ofContainer) {
    expect(() => path(id, 'web-1')).toThrow(refused);
    expect(() => path('web', id)).toThrow(refused);
  }
});

test('an unknown item is refused', () => {
  expect(() => KataPaths.sandboxRuntimeItemPath('web', 'x' as 'state')).toThrow('item "x" is not valid: expected one');
});

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { LayerDriver } from './layer-driver.js';
import { OverlayDriver } from './overlay-driver.js';
import { VfsDriver } from './vfs-driver.js';

/** How layers are put on each other: mounted, or copied. */
export type LayerDriverName = LayerDriver['name'];
export const layerDriverNames: readonly LayerDriverName[] = ['overlay', 'vfs'];

/** @param graphRoot where layers are kept: the driver's own directory is below it */
export function layerDriver(name: LayerDriverName, graphRoot: string): LayerDriver {
  const Driver = name === 'overlay' ? OverlayDriver : VfsDriver;
  return new Driver(join(graphRoot, name), join(graphRoot, 'trash'));
}

/**
 * `overlay` if a layer can be mounted on another below this directory, and changed there; else `vfs`, with
 * the reason.
 */
export async function probeLayerDriver(graphRoot: string): Promise<{ name: LayerDriverName; reason?: string }> {
  if (process.geteuid?.() !== 0) return { name: 'vfs', reason: 'overlayfs needs root' };
  const overlay = layerDriver('overlay', graphRoot);
  const suffix = randomBytes(4).toString('hex');
  const [lower, upper] = [`probe-lower-${suffix}`, `probe-upper-${suffix}`];
  try {
    await overlay.create(lower, []);
    await overlay.create(upper, [lower]);
    await overlay.withTree(upper, [lower], async () => {});
    return { name: 'overlay' };
  } catch (error) {
    return { name: 'vfs', reason: (error as Error).message };
  } finally {
    await overlay.remove(upper);
    await overlay.remove(lower);
  }
}

import { type Entry, OciLayout } from '../../packages/persist-storage/test/support/oci-layout.js';

const directory = (name: string): Entry => ({ name, type: 'directory', mode: 0o755 });

/** An OCI layout with the images `base` and `extra`, which have their lowest layer in common. */
export async function testImages(path: string): Promise<OciLayout> {
  const layout = new OciLayout(path);
  const files = Array.from({ length: 40 }, (_, n) => ({ name: `data/${n}`, content: `${n}`.repeat(2_000) }));
  const lowest = { entries: [directory('./'), directory('data'), ...files] };
  await layout.add({ ref: 'base', layers: [lowest, { entries: [{ name: 'data/.wh.1', content: '' }] }] });
  const more = Array.from({ length: 40 }, (_, n) => ({ name: `more/${n}`, content: `${n}`.repeat(2_000) }));
  await layout.add({ ref: 'extra', layers: [lowest, { entries: [directory('more'), ...more] }, { entries: files }] });
  return layout;
}

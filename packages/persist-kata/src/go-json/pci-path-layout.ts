import { type GoLayout, isObject, LayoutIssue } from './layouts.js';

/**
 * A PCI path. Go's type of it has no public fields, so that its encoder leaves `{}` of every path, and its
 * decoder takes nothing but an object. A path is therefore written as `{"Path":"02/03"}`: Kata reads it as
 * it reads `{}`, and here it is not lost.
 */
export const pciPathLayout: GoLayout = {
  fromGo: (value) => pathOf(value) ?? value,
  toGo(value, path = []) {
    if (pathOf(value) !== undefined) throw new LayoutIssue(path, 'expected the path itself, a string such as "02/03"');
    return typeof value === 'string' ? new Map([['Path', value]]) : value;
  },
  goPath: (path) => path,
};

function pathOf(value: unknown): string | undefined {
  return isObject(value) && Object.keys(value).length === 1 && typeof value.Path === 'string' ? value.Path : undefined;
}

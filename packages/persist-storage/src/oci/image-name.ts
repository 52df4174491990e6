import { invalidArgument } from '../invalid-argument.js';

const defaultRegistry = 'docker.io';
const defaultNamespace = 'library';
const defaultTag = 'latest';

const pathComponent = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const reference = new RegExp(
  '^(?:(?<registry>(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?)/)?' +
    `(?<path>${pathComponent}(?:/${pathComponent})*)` +
    '(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?' +
    '(?:@(?<digest>[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?$',
);

/**
 * The full form of an image's name, as the container tools write it: `busybox` is
 * `docker.io/library/busybox:latest`. The first part is a registry only if it has a `.` or `:`, or is
 * `localhost`. A name with a digest gets no tag. The grammar is that of
 * https://pkg.go.dev/github.com/distribution/reference.
 * @throws `INVALID_ARGUMENT`
 */
export function normalizeImageName(name: string): string {
  const parts = typeof name === 'string' && name.length <= 512 ? match(name) : undefined;
  if (parts === undefined) {
    throw invalidArgument(
      'image name',
      name,
      '[registry/]path[:tag][@digest], such as busybox or quay.io/team/app:1.2',
    );
  }
  const { registry = defaultRegistry, tag, digest } = parts;
  const path =
    registry === defaultRegistry && !parts.path.includes('/') ? `${defaultNamespace}/${parts.path}` : parts.path;
  const suffix = digest === undefined ? `:${tag ?? defaultTag}` : `${tag === undefined ? '' : `:${tag}`}@${digest}`;
  return `${registry}/${path}${suffix}`;
}

interface Parts {
  registry?: string | undefined;
  path: string;
  tag?: string | undefined;
  digest?: string | undefined;
}

function match(name: string): Parts | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const found = reference.exec(hasRegistry ? name : `${defaultRegistry}/${name}`);
  return found?.groups as Parts | undefined;
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A path into a state as people write it: `containers["web-1"].mounts[0].source`. */
export function formatPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => {
    if (typeof key === 'number' || (typeof key === 'string' && /^\d+$/.test(key))) return `[${String(key)}]`;
    return typeof key === 'string' && identifier.test(key) ? `.${key}` : `[${JSON.stringify(String(key))}]`;
  });
  return text.join('').replace(/^\./, '') || 'the value';
}

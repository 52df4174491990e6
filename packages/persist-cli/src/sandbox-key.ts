const sandboxKey = /^([^/]+)\/sandboxes\/([^/]+)$/;

/** The parts of a sandbox's key; undefined for any other. */
export function parseSandboxKey(key: string): { readonly namespace: string; readonly id: string } | undefined {
  const [, namespace, id] = sandboxKey.exec(key) ?? [];
  return namespace === undefined || id === undefined ? undefined : { namespace, id };
}

/** The command that removes a document, whatever its state. */
export function removalOf(key: string): string {
  const sandbox = parseSandboxKey(key);
  if (sandbox === undefined) return `sandkeep rm --key ${key}`;
  const { namespace, id } = sandbox;
  return `sandkeep rm ${id}${namespace === 'default' ? '' : ` --namespace ${namespace}`}`;
}

const page = 'https://github.com/sandkeep/sandkeep/blob/main/docs/conformance-cases.md';

/** Where a case is documented: what it takes, what is seen to hold, and why it matters. */
export function documentationOf(id: string): string {
  return `${page}#${id.toLowerCase()}`;
}

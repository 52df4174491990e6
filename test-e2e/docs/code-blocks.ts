import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of this repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced code block of a page. */
export interface CodeBlock {
  /** Behind the fence: `js`, `ts`, `sh`, `console`, `json`, …; empty if nothing is there. */
  readonly language: string;
  readonly code: string;
  /** The number of the line in which the fence is. */
  readonly line: number;
}

/** The code blocks of a page, in their order. @param page its path in the repository */
export function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ index, 1: language = '', 2: code = '' }) => ({
    language,
    code,
    line: text.slice(0, index).split('\n').length,
  }));
}

/** The code of all blocks in one language, one behind the other. */
export function codeOf(page: string, language: string): string {
  const blocks = codeBlocks(page).filter((block) => block.language === language);
  if (blocks.length === 0) throw new Error(`${page} has no code block in ${language}`);
  return blocks.map(({ code }) => code).join('\n');
}

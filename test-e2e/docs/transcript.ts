/** A command of a `console` block, and what is printed below it. */
export interface TranscriptLine {
  readonly command: string;
  /** Empty if the page shows nothing. */
  readonly output: string;
}

/** The commands of a `console` block: each begins with `$ `. */
export function transcript(code: string): TranscriptLine[] {
  return code
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.trimEnd().split('\n');
      return { command, output: output.join('\n') };
    });
}

/**
 * What is the same each time that a command prints something: without revisions, times, ages, process ids, random
 * names, the widths of columns, and whatever follows a line `…`.
 */
export function lasting(output: string): string {
  return (output.split(/^…$/m)[0] ?? '')
    .replace(/\b[0-9a-z]+(?:-[0-9a-z]+){2,}\b/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b\d+(?:\.\d+)? ?(?:ms|s)\b/g, '<duration>')
    .replace(/[ \t]+/g, ' ')
    .trim();
}

import { readFileSync } from 'node:fs';

/** What the docstring of an option says. */
export interface OptionText {
  readonly description: string;
  /** What its `@default` says. */
  readonly defaultText: string | undefined;
}

/** The docstrings of the fields of a zod schema, by name: a field's name follows its docstring. */
export function optionTexts(source: URL): ReadonlyMap<string, OptionText> {
  const texts = new Map<string, OptionText>();
  for (const [, comment = '', name = ''] of readFileSync(source, 'utf8').matchAll(
    /\/\*\*((?:(?!\*\/).)*)\*\/\s*(\w+)(?=[:,])/gs,
  )) {
    const text = comment.replace(/\s+(?:\* ?)?\s*/g, ' ').trim();
    const [description = '', defaultText] = text.split(/\s*@default\s*/);
    texts.set(name, { description, defaultText });
  }
  return texts;
}

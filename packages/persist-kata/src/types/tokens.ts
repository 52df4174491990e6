import { invalidArgument } from '@sandkeep/persist-api';

/** Texts such as `tag:/path other:/path`: tokens separated by one space, each of parts separated by colons. */
export class Tokens<Part extends string> {
  readonly #subject: string;
  readonly #parts: readonly Part[];

  /**
   * @param subject what a text of them is called, for messages
   * @param parts the parts of each token, in their order
   */
  constructor(subject: string, parts: readonly Part[]) {
    this.#subject = subject;
    this.#parts = parts;
  }

  /** All tokens, or none. @throws `INVALID_ARGUMENT` naming the token */
  parse(text: string): Record<Part, string>[] {
    if (typeof text !== 'string') throw invalidArgument(this.#subject, text, this.#expected);
    return text.split(' ').map((token) => {
      const values = token.split(':');
      if (values.length !== this.#parts.length || values.includes('')) {
        throw invalidArgument(`${this.#subject}: the token`, token, this.#expected);
      }
      return Object.fromEntries(this.#parts.map((part, index) => [part, values[index]])) as Record<Part, string>;
    });
  }

  /** @throws `INVALID_ARGUMENT` for what {@link parse} would not read back: no item, an empty part, a colon, a space */
  format(items: readonly Readonly<Record<Part, string>>[]): string {
    if (!Array.isArray(items) || items.length === 0)
      throw invalidArgument(this.#subject, items, 'at least one of them');
    return items.map((item, index) => this.#formatItem(item, index)).join(' ');
  }

  #formatItem(item: Readonly<Record<Part, string>>, index: number): string {
    return this.#parts
      .map((part) => {
        const value: unknown = item?.[part];
        if (typeof value === 'string' && /^[^: ]+$/.test(value)) return value;
        throw invalidArgument(`${this.#subject}[${index}].${part}`, value, 'a text without colons and spaces');
      })
      .join(':');
  }

  get #expected(): string {
    return `tokens ${this.#parts.join(':')} separated by one space, no part empty`;
  }
}

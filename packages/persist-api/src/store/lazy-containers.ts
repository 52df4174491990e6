import { inspect } from 'node:util';
import { decodeJson } from './state-json.js';

const newline = 0x0a;
const quote = 0x22;
const comma = 0x2c;
const opening = '"containers":{';
/** Between two containers, and behind the last one. */
const separator = ',\n';
const closing = '\n}}';

/** Containers as they are in a document, without what separates them from others. */
interface Span {
  readonly document: Buffer;
  readonly start: number;
  end: number;
}

interface Line {
  readonly start: number;
  /** Behind the id. */
  readonly stateStart: number;
  readonly end: number;
}

/** Stands in the map for a container that nobody has looked at, where nothing but cloning sees it. */
const unread = Object.freeze({
  get state(): never {
    throw new TypeError('some of these containers were not looked at yet: clone new Map(containers) instead');
  },
});

/**
 * A document with a line for each container:
 *
 *     …"containers":{
 *     "web-1":{…},
 *     "web-2":{…}
 *     }}
 *
 * @param head what is before the containers
 * @param encode gives the JSON of a container's state; not asked for lazy ones that nobody has looked at
 */
export function encodeContainers(
  head: string,
  containers: ReadonlyMap<string, unknown>,
  encode: (id: string, state: unknown) => string,
): Buffer {
  const lazy = containers instanceof LazyContainers ? containers : undefined;
  const parts: (string | Span)[] = [head + opening];
  for (const id of containers.keys()) {
    const unseen = lazy?.spanOf(id);
    const last = parts.at(-1);
    if (unseen !== undefined && typeof last === 'object' && last.end + separator.length === unseen.start) {
      last.end = unseen.end;
    } else {
      parts.push(parts.length === 1 ? '\n' : separator);
      parts.push(unseen ?? `"${id}":${encode(id, containers.get(id))}`);
    }
  }
  parts.push(closing);
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part.document.subarray(part.start, part.end))),
  );
}

/**
 * The containers of a document that has a line for each. A container is parsed when somebody looks at it, and
 * encoded again only then: most updates look at one of them.
 */
export class LazyContainers extends Map<string, unknown> {
  static {
    // Libraries compare and clone by the constructor: to them it is a Map.
    Object.defineProperty(LazyContainers.prototype, 'constructor', { value: Map });
  }

  readonly #isNative: boolean;
  readonly #document: Buffer;
  readonly #lines = new Map<string, Line>();

  /** @param document what the lines that are added are in; nobody changes it */
  private constructor(document: Buffer = Buffer.alloc(0), isNative = true) {
    super();
    this.#isNative = isNative;
    this.#document = document;
  }

  /**
   * @param document what {@link encodeContainers} gave, and nobody else
   * @param isNative whether it holds no integer beyond ±2^53
   * @returns its containers, and the document without them; undefined if a driver has laid it out anew
   */
  static in(document: Buffer, isNative: boolean): { containers: LazyContainers; head: string } | undefined {
    const headEnd = document.indexOf(newline);
    // An object has them in the order in which whoever parses the document does.
    const lines: Record<string, Line> = {};
    let start = headEnd + 1;
    while (document[start] === quote && start > 0) {
      const idEnd = document.indexOf(quote, start + 1);
      const lineEnd = document.indexOf(newline, idEnd);
      const end = document[lineEnd - 1] === comma ? lineEnd - 1 : lineEnd;
      lines[document.toString('latin1', start + 1, idEnd)] = { start, stateStart: idEnd + 2, end };
      start = lineEnd + 1;
    }
    if (document.toString('latin1', start - 1) !== closing) return undefined;
    const containers = new LazyContainers(document, isNative);
    for (const [id, line] of Object.entries(lines)) containers.#add(id, line);
    return { containers, head: `${document.toString('utf8', 0, headEnd)}}}` };
  }

  /** Whether the document that they are from holds no integer beyond ±2^53. */
  get isNative(): boolean {
    return this.#isNative;
  }

  #add(id: string, line: Line): void {
    super.set(id, unread);
    this.#lines.set(id, line);
  }

  /** Those that somebody has looked at, or set. */
  seen(): Map<string, unknown> {
    return new Map([...this.keys()].filter((id) => !this.#lines.has(id)).map((id) => [id, super.get(id)]));
  }

  /** Where the container is, if nobody has looked at it. */
  spanOf(id: string): Span | undefined {
    const line = this.#lines.get(id);
    return line && { document: this.#document, start: line.start, end: line.end };
  }

  override get(id: string): unknown {
    const line = this.#lines.get(id);
    if (line !== undefined) this.set(id, decodeJson(this.#document.toString('utf8', line.stateStart, line.end)));
    return super.get(id);
  }

  override set(id: string, state: unknown): this {
    this.#lines.delete(id);
    return super.set(id, state);
  }

  override delete(id: string): boolean {
    this.#lines.delete(id);
    return super.delete(id);
  }

  override clear(): void {
    this.#lines.clear();
    super.clear();
  }

  override *entries(): MapIterator<[string, unknown]> {
    for (const id of this.keys()) yield [id, this.get(id)];
  }

  override *values(): MapIterator<unknown> {
    for (const id of this.keys()) yield this.get(id);
  }

  override [Symbol.iterator](): MapIterator<[string, unknown]> {
    return this.entries();
  }

  override forEach(
    callback: (state: unknown, id: string, map: Map<string, unknown>) => void,
    receiver?: unknown,
  ): void {
    for (const [id, state] of this) callback.call(receiver, state, id, this);
  }

  [inspect.custom](): Map<string, unknown> {
    return new Map(this);
  }
}

/** A command and its arguments as RESP, the protocol of Redis: an array of strings with their lengths in bytes. */
export function encodeCommand(name: string, args: readonly (string | Buffer)[]): string | Buffer {
  let text = `*${args.length + 1}\r\n${encodeText(name)}`;
  const parts: (string | Buffer)[] = [];
  for (const arg of args) {
    if (typeof arg === 'string') {
      text += encodeText(arg);
    } else {
      parts.push(`${text}$${arg.byteLength}\r\n`, arg);
      text = '\r\n';
    }
  }
  return parts.length === 0 ? text : joinParts([...parts, text]);
}

export function encodeText(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/**
 * All parts in one buffer, each copied once.
 * @param allocate makes the buffer
 */
export function joinParts(
  parts: readonly (string | Uint8Array)[],
  allocate: (bytes: number) => Buffer<ArrayBuffer> = Buffer.allocUnsafe,
): Buffer<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.byteLength;
  const joined = allocate(length);
  let end = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      end += joined.write(part, end);
    } else {
      joined.set(part, end);
      end += part.byteLength;
    }
  }
  return joined;
}

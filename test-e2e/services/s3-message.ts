import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request to an S3 server that addresses buckets in the path, whole. */
export interface S3Request {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The bucket's name; empty for requests to the service. */
  readonly bucket: string;
  /** The object's key, decoded; empty for requests to a bucket. */
  readonly key: string;
  readonly body: Buffer;
}

/** An answer of an S3 server, whole. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Receives the whole of a request. */
export async function receive(message: IncomingMessage): Promise<S3Request> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  const { method = '', url = '', headers } = message;
  const { pathname, searchParams } = new URL(url, 'http://server');
  const [, bucket = '', ...key] = pathname.split('/');
  const body = Buffer.concat(parts);
  return { method, url, query: searchParams, headers, bucket, key: decodeURIComponent(key.join('/')), body };
}

/** What a request is counted as: `PUT`, `GET`, `HEAD`, `DELETE` of an object, `LIST`, or the name of something rarer. */
export function kindOf({ method, key, query }: S3Request): string {
  if (key !== '') return method;
  if (method === 'GET' && query.has('list-type')) return 'LIST';
  const subresource = [...query.keys()].find((name) => query.get(name) === '');
  return `${method} bucket${subresource === undefined ? '' : ` ${subresource}`}`;
}

/** Sends the whole of an answer. */
export function send(response: ServerResponse, { status, headers, body }: S3Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.byteLength) });
  response.end(body);
}

/** An error as S3 answers it. @param code such as `NoSuchKey` */
export function errorAnswer(status: number, code: string, message = code): S3Answer {
  const text = `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>scripted</RequestId></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
}

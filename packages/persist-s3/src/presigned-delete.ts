import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Bucket } from './bucket.js';

/**
 * Deletes whatever is there, by a request that the server refuses once it has expired. It is sent once, past the
 * client's own retries.
 * @param signedAt from when on it is valid, in milliseconds since 1970 by the server's clock
 * @param validSeconds for how long
 * @returns the HTTP status
 */
export async function deletePresigned(
  bucket: Bucket,
  key: string,
  { signedAt, validSeconds }: { readonly signedAt: number; readonly validSeconds: number },
  abortSignal: AbortSignal,
): Promise<number> {
  const { client } = bucket;
  const signingDate = new Date(signedAt);
  const signed = await getSignedUrl(client, bucket.deletion(key, undefined), { signingDate, expiresIn: validSeconds });
  const { protocol, hostname, port, pathname, searchParams, host } = new URL(signed);
  const request = {
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    method: 'DELETE',
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { host },
  };
  type Handle = (request: unknown, options: object) => Promise<{ response: { statusCode: number; body?: unknown } }>;
  const handler = client.config.requestHandler as unknown as { handle: Handle };
  const { response } = await handler.handle(request, { abortSignal });
  (response.body as { resume?(): void } | undefined)?.resume?.();
  return response.statusCode;
}

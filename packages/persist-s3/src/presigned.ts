import type { S3Client } from '@aws-sdk/client-s3';

/**
 * Sends a presigned request, once, past the client's own retries.
 * @throws the handler's error; an answer of any status is none
 */
export async function sendPresigned(client: S3Client, method: string, url: string, signal: AbortSignal): Promise<void> {
  const { protocol, hostname, port, pathname, searchParams, host } = new URL(url);
  const request = {
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { host },
    body: undefined,
  };
  type Handled = Parameters<S3Client['config']['requestHandler']['handle']>[0];
  const { response } = await client.config.requestHandler.handle(request as unknown as Handled, {
    abortSignal: signal,
  });
  response.body?.resume?.();
}

import { PersistError, redactUrl } from '@sandkeep/persist-api';

/**
 * The configuration that a URL stands for: `s3://bucket[/prefix]`.
 * @throws `INVALID_ARGUMENT`
 */
export function configFromUrl(url: string): Record<string, unknown> {
  const [, bucket, path = ''] = /^s3:\/\/([^/@:]+)(?:\/(.*))?$/i.exec(url) ?? [];
  if (bucket === undefined) {
    const expected = 's3://bucket/prefix; region, endpoint and credentials are query parameters, or in the environment';
    throw new PersistError('INVALID_ARGUMENT', `url "${redactUrl(url)}" is not valid: expected ${expected}`);
  }
  return { bucket: decode(url, bucket), ...(path === '' ? {} : { prefix: decode(url, path) }) };
}

function decode(url: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PersistError('INVALID_ARGUMENT', `url "${redactUrl(url)}" is not valid: expected whole percent-encoding`);
  }
}

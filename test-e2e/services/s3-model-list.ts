import type { S3Answer, S3Request } from './s3-message.js';
import type { StoredObject } from './s3-model.js';

/** The answer to a ListObjectsV2 request, at most 1,000 keys in ascending byte order, without delimiters. */
export function listAnswer({ query, bucket }: S3Request, objects: ReadonlyMap<string, StoredObject>): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? 1_000), 1_000);
  const shown = query.get('encoding-type') === 'url' ? encodeURIComponent : escapeXml;
  const below = [...objects]
    .filter(([key]) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const page = below.slice(0, limit);
  const contents = page.map(
    ([key, { etag, body, modified }]) =>
      `<Contents><Key>${shown(key)}</Key><LastModified>${modified.toISOString()}</LastModified>` +
      `<ETag>${escapeXml(etag)}</ETag><Size>${body.byteLength}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const isTruncated = below.length > page.length;
  const next = isTruncated ? `<NextContinuationToken>${escapeXml(page.at(-1)?.[0] ?? '')}</NextContinuationToken>` : '';
  const encoding = query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : '';
  const text =
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>${bucket}</Name><Prefix>${shown(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>` +
    `<MaxKeys>${limit}</MaxKeys>${encoding}<IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}` +
    `</ListBucketResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

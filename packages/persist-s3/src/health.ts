import type { Health } from '@sandkeep/persist-api';
import type { S3Config } from './config.js';
import type { ServerTraits } from './server-traits.js';

export function healthOf({ bucket, prefix }: S3Config, traits: ServerTraits): Health {
  const facts = {
    bucket,
    prefix,
    etags: traits.quotedEtags ? 'quoted' : 'unquoted',
    conditionalDelete: traits.conditionalDelete,
  };
  return { status: 'ok', facts, risks: [] };
}

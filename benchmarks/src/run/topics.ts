import { fsTopic } from '../fs/topic.js';
import { lmdbTopic } from '../lmdb/topic.js';
import { redisTopic } from '../redis/topic.js';
import { s3Topic } from '../s3/topic.js';
import { scaleTopic } from '../scale/topic.js';
import { startupTopic } from '../startup/topic.js';
import { validationTopic } from '../validation/topic.js';
import type { Topic } from './topic.js';

export const topics: Readonly<Record<string, Topic>> = {
  fs: fsTopic,
  lmdb: lmdbTopic,
  redis: redisTopic,
  s3: s3Topic,
  scale: scaleTopic,
  startup: startupTopic,
  validation: validationTopic,
};

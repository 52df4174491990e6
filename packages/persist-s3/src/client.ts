import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { S3Config } from './config.js';

/**
 * Idle connections are closed before servers do so (AWS after about 20 s, others after 5 s or more): a
 * request on a connection that is just being closed would have to be found out about.
 */
const idleMs = 4_000;

/** A client for the configuration. It sends each request once: the driver itself tries again. */
export function createClient(config: S3Config): S3Client {
  const { endpoint, accessKeyId, secretAccessKey, sessionToken, profile, maxSockets = 50 } = config;
  const region = config.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const agent = { keepAlive: true, maxSockets, timeout: idleMs };
  const checksums = config.checksums === 'when-required' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
  const credentials: S3ClientConfig =
    accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...credentials,
    forcePathStyle: config.pathStyle ?? endpoint !== undefined,
    maxAttempts: 1,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: Math.ceil(config.commandTimeoutMs / 4),
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    }),
  });
}

import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openS3Driver } from '@sandkeep/persist-s3';
import type { Peers } from '../peers/peer.js';
import { openS3Peers } from '../peers/s3-peers.js';
import { sampleState } from '../workload/sample.js';
import { removeBucket, s3Client } from './bucket.js';
import type { S3Server } from './s3-server.js';

/** What is compared in one bucket. */
export class S3Bench implements AsyncDisposable {
  readonly server: S3Server;
  readonly bucket: string;
  readonly client: S3Client;
  readonly driver: PersistDriver;
  readonly store: SandboxStore;
  readonly peers: Peers;
  /** A document of the store as it is stored. */
  readonly body: Buffer;

  private constructor(server: S3Server, client: S3Client, open: Opened) {
    this.server = server;
    this.client = client;
    this.bucket = open.bucket;
    this.driver = open.driver;
    this.store = open.store;
    this.peers = open.peers;
    this.body = open.body;
  }

  static async open(server: S3Server, bucket: string): Promise<S3Bench> {
    const client = s3Client(server);
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const driver = await openS3Driver({ client, bucket });
    const store = new SandboxStore(driver);
    await store.save('body', sampleState(10));
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'default/sandboxes/body' }));
    const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return new S3Bench(server, client, { bucket, driver, store, peers: await openS3Peers(server, bucket), body });
  }

  put(key: string, body: string | Uint8Array = this.body): Promise<unknown> {
    return this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key: `bare/${key}`, Body: body }));
  }

  remove(key: string): Promise<unknown> {
    return this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: `bare/${key}` }));
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: `bare/${key}` }));
    return Body?.transformToByteArray();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver.close();
    await this.peers[Symbol.asyncDispose]();
    await removeBucket(this.client, this.bucket);
    this.client.destroy();
  }
}

interface Opened {
  readonly bucket: string;
  readonly driver: PersistDriver;
  readonly store: SandboxStore;
  readonly peers: Peers;
  readonly body: Buffer;
}

import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { PersistError } from '@sandkeep/persist-api';
import { type RedisOptions as ClientOptions, Cluster, Redis } from 'ioredis';
import { CallWatch } from './call-watch.js';
import type { RedisConfig } from './config.js';
import { databaseOf, requireDatabase } from './database.js';
import { isFromReplica } from './errors.js';

/** How long a client waits before it connects again, in milliseconds. */
const retryStrategy = (times: number) => Math.min(10 * 2 ** times, 500);

/**
 * A client with what its events tell. The client is made here, or was handed in; only one that was
 * made here is closed.
 */
export class Connection {
  readonly client: Redis | Cluster;
  /** What ends its calls in time. */
  readonly watch: CallWatch;
  readonly #silenceMs: number;
  readonly #own: boolean;
  #lastError: Error | undefined;
  readonly #onError = (error: unknown) => {
    this.#lastError = error instanceof Error ? error : new Error(String(error));
  };
  readonly #onReady = () => {
    this.#lastError = undefined;
  };

  private constructor(client: Redis | Cluster, own: boolean, silenceMs: number) {
    this.client = client;
    this.watch = new CallWatch(own ? silenceMs : Number.POSITIVE_INFINITY);
    this.#own = own;
    this.#silenceMs = silenceMs;
    client.on('error', this.#onError);
    client.on('node error', this.#onError);
    client.on('ready', this.#onReady);
    if (own) adopt(client, silenceMs);
  }

  /** @throws `INVALID_ARGUMENT` for files that cannot be read, or a client that reads from replicas */
  static open(config: RedisConfig): Connection {
    const silenceMs = config.commandTimeoutMs / 2;
    if (config.client === undefined) return new Connection(createClient(config), true, silenceMs);
    if (config.client.isCluster && (config.client as Cluster).options.scaleReads !== 'master') {
      throw new PersistError('INVALID_ARGUMENT', "client is not valid: expected a Cluster with scaleReads 'master'");
    }
    return new Connection(config.client, false, silenceMs);
  }

  /** A second client with the same options, for what would hold up the first. */
  duplicate(): Connection {
    const { client } = this;
    const copy = client.isCluster
      ? (client as Cluster).duplicate()
      : (client as Redis).duplicate({ db: databaseOf(client) });
    const connection = new Connection(copy, true, this.#silenceMs);
    connection.requireDatabase();
    return connection;
  }

  /** A connection to one node that hears what is published anywhere, and keeps its subscriptions. */
  subscriber(): Redis {
    const { client } = this;
    const node = client.isCluster ? sampleMaster(client as Cluster) : (client as Redis);
    return this.#hearing(node, {
      autoResubscribe: true,
      autoResendUnfulfilledCommands: true,
      ...(client.isCluster ? { retryStrategy: () => null } : {}),
    });
  }

  /**
   * A connection to the server, or to one node of a Cluster, that is not made again once it is lost.
   * @param node of a Cluster
   */
  listener(node: Redis = this.client as Redis): Redis {
    return this.#hearing(node, {
      autoResubscribe: false,
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
    });
  }

  /** From now on a client of our own goes into use only where it could select its database. */
  requireDatabase(): void {
    if (this.#own && !this.client.isCluster) requireDatabase(this.client as Redis);
  }

  /** The nodes that take writes. */
  get masters(): Redis[] {
    return this.client.isCluster ? (this.client as Cluster).nodes('master') : [this.client as Redis];
  }

  get keyPrefix(): string {
    return this.client.options.keyPrefix ?? '';
  }

  get tls(): boolean {
    const { client } = this;
    const options = client.isCluster ? (client as Cluster).options.redisOptions : (client as Redis).options;
    return options?.tls !== undefined;
  }

  get ended(): boolean {
    return this.client.status === 'end';
  }

  /** Why there is no connection; undefined while there is one, or nothing is known. */
  get failure(): Error | undefined {
    return this.client.status === 'ready' ? undefined : this.#lastError;
  }

  /** A connection for subscriptions alone, whatever the options of a client that was handed in are meant for. */
  #hearing(node: Redis, options: Partial<ClientOptions>): Redis {
    const hearing = node.duplicate({
      ...options,
      lazyConnect: true,
      keyPrefix: '',
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      socketTimeout: this.#silenceMs,
    });
    hearing.on('error', () => {});
    adopt(hearing, this.#silenceMs);
    return hearing;
  }

  close(): void {
    if (this.#own) {
      this.client.disconnect();
      return;
    }
    this.client.off('error', this.#onError);
    this.client.off('node error', this.#onError);
    this.client.off('ready', this.#onReady);
  }
}

function createClient(config: RedisConfig): Redis | Cluster {
  const redisOptions = nodeOptions(config);
  if (config.cluster !== undefined) {
    return new Cluster(config.cluster, {
      lazyConnect: true,
      redisOptions,
      clusterRetryStrategy: retryStrategy,
      slotsRefreshTimeout: Math.ceil(config.commandTimeoutMs / 2),
      ...(config.tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
    });
  }
  if (config.sentinels !== undefined) {
    return new Redis({
      ...redisOptions,
      sentinels: config.sentinels,
      name: config.master ?? '',
      ...(config.sentinelUsername === undefined ? {} : { sentinelUsername: config.sentinelUsername }),
      ...(config.sentinelPassword === undefined ? {} : { sentinelPassword: config.sentinelPassword }),
      ...(redisOptions.tls === undefined ? {} : { sentinelTLS: redisOptions.tls, enableTLSForSentinelMode: true }),
      sentinelCommandTimeout: Math.ceil(config.commandTimeoutMs / 4),
      sentinelRetryStrategy: retryStrategy,
    });
  }
  return new Redis({ ...redisOptions, host: config.host ?? 'localhost', port: config.port ?? 6379 });
}

function nodeOptions(config: RedisConfig) {
  const { commandTimeoutMs, username, password, database } = config;
  const tls = config.tls ? tlsOptions(config) : undefined;
  return {
    lazyConnect: true,
    connectTimeout: Math.ceil(commandTimeoutMs / 2),
    maxRetriesPerRequest: 10,
    maxLoadingRetryTime: 200,
    disconnectTimeout: 200,
    retryStrategy,
    reconnectOnError: isFromReplica,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { db: database }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function tlsOptions({ caFile, certFile, keyFile }: RedisConfig): SecureContextOptions {
  const read = (field: string, path: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      const message = `${field} ${JSON.stringify(path)} cannot be read: ${(error as Error).message}`;
      throw new PersistError('INVALID_ARGUMENT', message, { cause: error });
    }
  };
  return {
    ...(caFile === undefined ? {} : { ca: read('caFile', caFile) }),
    ...(certFile === undefined ? {} : { cert: read('certFile', certFile) }),
    ...(keyFile === undefined ? {} : { key: read('keyFile', keyFile) }),
  };
}

/**
 * Looks after a client of our own. An idle connection does not keep the process alive; a call does. A
 * server that says nothing while the connection is set up is given up, so that there is time for another.
 */
function adopt(client: Redis | Cluster, silenceMs: number): void {
  if (client.isCluster) {
    client.on('+node', (node: Redis) => adopt(node, silenceMs));
    return;
  }
  client.on('connect', () => {
    const { stream } = client as Redis;
    stream.unref();
    const silent = () => stream.destroy(new Error(`nothing arrived for ${silenceMs} ms`));
    const timer = setTimeout(silent, silenceMs).unref();
    const settled = () => {
      clearTimeout(timer);
      client.off('ready', settled);
      stream.off('close', settled);
    };
    client.on('ready', settled);
    stream.on('close', settled);
  });
}

function sampleMaster(cluster: Cluster): Redis {
  const masters = cluster.nodes('master');
  const master = masters[Math.floor(Math.random() * masters.length)];
  if (master === undefined) throw new PersistError('UNAVAILABLE', 'no node of the Cluster is known');
  return master;
}

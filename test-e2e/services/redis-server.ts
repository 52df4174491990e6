import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { redisServerBinary } from './redis-binary.js';
import { WatchedProcess, watchedDirectory } from './watched-process.js';

export interface RedisServerOptions {
  /** What the server persists, and when it flushes that. @default 'none' */
  readonly persistence?: 'always' | 'everysec' | 'none';
  /** More arguments of redis-server: `['--requirepass', 'x']`. */
  readonly args?: readonly string[];
  /** How to talk to it, where that needs more than its port. */
  readonly client?: { readonly password?: string; readonly tls?: object };
}

/** A redis-server of the tests' own on a free port of the loopback interface. */
export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #options: RedisServerOptions;
  #process: WatchedProcess;

  private constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
    this.directory = watchedDirectory();
    this.#process = this.#spawn();
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(await freePort(), options);
      try {
        await server.ready();
        return server;
      } catch (error) {
        await server.kill();
        if (attempt === 3) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A plain client, to look at the server past the driver. The caller disconnects it. */
  client(): Redis {
    const client = new Redis({ host: '127.0.0.1', port: this.port, ...this.#options.client, maxRetriesPerRequest: 3 });
    client.on('error', () => {});
    return client;
  }

  /** Waits until it answers. @throws Error if it has ended, or another server answers on its port */
  async ready(): Promise<void> {
    const client = this.client();
    try {
      const pid = await eventually(`redis-server on port ${this.port}`, async () => {
        if (!this.#process.running) return 'ended';
        await client.ping();
        return /process_id:(\d+)/.exec(await client.info('server'))?.[1];
      });
      if (pid === String(this.#process.pid)) return;
      throw new Error(`redis-server on port ${this.port}: process ${pid} answers there; ${this.#process.output}`);
    } finally {
      client.disconnect();
    }
  }

  /** Freezes it: it accepts connections, and answers nothing. */
  stop(): void {
    this.#process.signal('SIGSTOP');
  }

  continue(): void {
    this.#process.signal('SIGCONT');
  }

  /** kill -9. Its files stay. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Starts it again on its port, with its files. @param more arguments beside those of the first start */
  async restart(more: readonly string[] = []): Promise<void> {
    await this.kill();
    this.#process = this.#spawn(more);
    await this.ready();
  }

  #spawn(more: readonly string[] = []): WatchedProcess {
    const { persistence = 'none', args = [] } = this.#options;
    const append = persistence === 'none' ? ['no'] : ['yes', '--appendfsync', persistence];
    const listen = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory];
    const all = [...listen, '--save', '', '--appendonly', ...append, ...args, ...more];
    return new WatchedProcess(redisServerBinary(), all, this.directory);
  }
}

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of a server that breaks connections on demand. */
export class FaultProxy {
  /** Asked for each piece of an answer: true drops it and cuts the connection, after the request went through. */
  loseAnswer: () => boolean = () => false;
  /** Holds up every answer, in milliseconds. */
  delayMs = 0;
  /** Accepts connections and bytes, and passes nothing on. */
  silent = false;
  /** Ends every connection as soon as it is made. */
  refusing = false;
  /** How often a request began after an answer had ended: the round trips. */
  roundTrips = 0;
  readonly #target: number;
  readonly #host: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number, host: string) {
    this.#host = host;
    this.#target = target;
    this.#server = createServer((socket) => this.#join(socket));
  }

  static async start(target: number, host = '127.0.0.1'): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, host);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    return address.port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Cuts every connection there is. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.refusing) {
      client.on('error', () => {});
      client.destroy();
      return;
    }
    const server = connect(this.#target, this.#host);
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    let answering = true;
    client.on('data', (bytes) => {
      if (answering) this.roundTrips += 1;
      answering = false;
      if (!this.silent) server.write(bytes);
    });
    server.on('data', (bytes) => {
      answering = true;
      if (this.silent) return;
      if (this.loseAnswer()) return end();
      if (this.delayMs === 0) client.write(bytes);
      else setTimeout(() => client.write(bytes), this.delayMs).unref();
    });
  }
}

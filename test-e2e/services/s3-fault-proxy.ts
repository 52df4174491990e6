import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { errorAnswer, kindOf, receive, type S3Answer, type S3Request, send } from './s3-message.js';

/**
 * What happens to one request:
 * - `lose request`: the connection is cut, and the server never sees it;
 * - `lose answer`: the server answers it, then the connection is cut;
 * - an answer: the client gets that one. With `applied` the server has answered the request before;
 * - `until`: the server gets it only then, also when the client has gone since. With `cut` the client's connection
 *   is cut before;
 * - `answerAfter`: the server gets it at once, the client has its answer only then.
 */
export type S3Fault =
  | 'lose request'
  | 'lose answer'
  | { readonly answer: S3Answer; readonly applied?: boolean }
  | { readonly until: Promise<unknown>; readonly cut?: boolean }
  | { readonly answerAfter: Promise<unknown> };

/** The answer of a server that is in trouble. */
export function unavailable(status: 500 | 503, applied = false): S3Fault {
  return { answer: errorAnswer(status, status === 500 ? 'InternalError' : 'SlowDown'), applied };
}

/** A proxy in front of an S3 server that counts requests, and breaks those that a test picks. */
export class S3FaultProxy {
  /** Asked once for each request, in the order in which they arrive whole. */
  fault: (request: S3Request) => S3Fault | undefined = () => undefined;
  /** Every request so far. */
  readonly requests: S3Request[] = [];
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  readonly #forwarding = new Set<Promise<unknown>>();

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer(
      (message, response) => void this.#serve(message, response).catch(() => response.destroy()),
    );
    // Connections end when clients or tests say so: a client that is stopped finds its own as it left it.
    this.#server.keepAliveTimeout = 0;
  }

  /** @param target the server's endpoint, without TLS */
  static async start(target: string): Promise<S3FaultProxy> {
    const proxy = new S3FaultProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  /** The kinds of the requests that arrive while `run` runs: `['GET', 'PUT']`. */
  async kindsDuring(run: () => Promise<unknown>): Promise<string[]> {
    const before = this.requests.length;
    await run();
    return this.requests.slice(before).map(kindOf);
  }

  /** Waits until the server has answered every request that is passed on, or held. */
  async settled(): Promise<void> {
    while (this.#forwarding.size > 0) await Promise.allSettled(this.#forwarding);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
    this.#agent.destroy();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(message);
    this.requests.push(received);
    const fault = this.fault(received);
    if (fault === 'lose request') return void response.destroy();
    if (typeof fault === 'object' && 'answer' in fault && !fault.applied) return send(response, fault.answer);
    if (typeof fault === 'object' && 'until' in fault && fault.cut) response.destroy();
    const answer = await this.#tracked(received, fault);
    if (fault === 'lose answer') return void response.destroy();
    if (typeof fault === 'object' && 'answerAfter' in fault) await fault.answerAfter;
    send(response, typeof fault === 'object' && 'answer' in fault ? fault.answer : answer);
  }

  async #tracked(received: S3Request, fault: S3Fault | undefined): Promise<S3Answer> {
    const held = typeof fault === 'object' && 'until' in fault ? fault.until : undefined;
    const forwarding = Promise.resolve(held).then(() => this.#forward(received));
    this.#forwarding.add(forwarding);
    try {
      return await forwarding;
    } finally {
      this.#forwarding.delete(forwarding);
    }
  }

  async #forward({ method, url, headers, body }: S3Request): Promise<S3Answer> {
    const { hostname, port } = this.#target;
    const forwarded = request({ hostname, port, method, path: url, agent: this.#agent, headers: endToEnd(headers) });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part);
    return { status: answer.statusCode ?? 0, headers: endToEnd(answer.headers), body: Buffer.concat(parts) };
  }
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'expect']);

function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name)) passed[name] = value;
  }
  return passed;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { receive, type S3Answer, type S3Request, send } from './s3-message.js';
import { S3Model, type S3ModelOptions } from './s3-model.js';
import type { S3Access } from './s3-service.js';

/** An S3 server whose answers a test writes; what the test leaves to it is answered by an {@link S3Model}. */
export class ScriptedS3Server implements S3Access {
  readonly region = 'us-east-1';
  readonly accessKeyId = 'scripted';
  readonly secretAccessKey = 'scripted-secret';
  readonly bucket = 'scripted';
  readonly model: S3Model;
  /** Every request so far. */
  readonly requests: S3Request[] = [];
  /**
   * Asked for each request: gives its answer, `'cut'` to end the connection, or undefined to leave it to the
   * model. It may have the model apply the request first.
   */
  script: (request: S3Request) => S3Answer | 'cut' | undefined | Promise<S3Answer | 'cut' | undefined> = () =>
    undefined;
  readonly #server: Server;

  private constructor(options: S3ModelOptions) {
    this.model = new S3Model(options);
    this.#server = createServer(
      (message, response) => void this.#serve(message, response).catch(() => response.destroy()),
    );
  }

  static async start(options: S3ModelOptions = {}): Promise<ScriptedS3Server> {
    const server = new ScriptedS3Server(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await receive(message);
    this.requests.push(request);
    const answer = (await this.script(request)) ?? this.model.answer(request);
    if (answer === 'cut') return void response.destroy();
    const date = this.model.now().toUTCString();
    send(response, { ...answer, headers: { 'x-amz-request-id': 'scripted', date, ...answer.headers } });
  }
}

import { Worker } from '../support/worker.js';

/** A process with one instance of the driver. */
export class LmdbWorker {
  readonly worker: Worker;

  private constructor(root: string, env: NodeJS.ProcessEnv) {
    this.worker = new Worker(import.meta.url, 'workers/lmdb.js', [root], env);
  }

  static async start(root: string, env: NodeJS.ProcessEnv = {}): Promise<LmdbWorker> {
    const started = new LmdbWorker(root, env);
    await started.worker.line('ready');
    return started;
  }

  /** What came of one command: its result, or the code of its error. One at a time. */
  async run(command: string): Promise<string> {
    const from = this.worker.lines.length;
    this.worker.send(command);
    return (await this.worker.line('done', from)).slice('done '.length);
  }
}

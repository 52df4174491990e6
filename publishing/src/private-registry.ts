import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigBuilder, runServer } from 'verdaccio';
import { npmEnvironment } from './npm-environment.js';

/**
 * A registry of packages on loopback, in this process, which forgets everything when it is closed. `@sandkeep/*`
 * is only what is published to it; everything else comes from the registry that this machine's npm uses.
 */
export class PrivateRegistry {
  readonly url: string;
  readonly #server: Server;
  readonly #directory: string;

  private constructor(url: string, server: Server, directory: string) {
    this.url = url;
    this.#server = server;
    this.#directory = directory;
  }

  static async start(): Promise<PrivateRegistry> {
    const directory = mkdtempSync(join(tmpdir(), 'sandkeep-registry-'));
    const uplink = execFileSync('npm', ['config', 'get', 'registry'], {
      env: npmEnvironment(),
      encoding: 'utf8',
    }).trim();
    const config = ConfigBuilder.build({
      storage: join(directory, 'storage'),
      self_path: directory,
      auth: { htpasswd: { file: join(directory, 'htpasswd') } },
      uplinks: { machine: { url: uplink, timeout: '60s', max_fails: 5, cache: true } },
      packages: {},
      log: { type: 'file', path: join(directory, 'log'), level: 'warn' },
      web: { enable: false },
      max_body_size: '50mb',
    } as never);
    config.addPackageAccess('@sandkeep/*', { access: '$all', publish: '$all' } as never);
    config.addPackageAccess('**', { access: '$all', proxy: 'machine' } as never);
    const server: Server = await runServer(config.getConfig());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new PrivateRegistry(`http://127.0.0.1:${port}/`, server, directory);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

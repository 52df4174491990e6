import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CephBinaries, cephBinaries } from './ceph-binaries.js';
import { type CephSettings, cephConf, cephPorts, monitorAddress } from './ceph-settings.js';
import { eventually } from './eventually.js';
import { freePortRange, type PortRange } from './port-range.js';
import type { S3Access } from './s3-service.js';
import { WatchedProcess, watchedDirectory } from './watched-process.js';

/**
 * A Ceph RADOS Gateway of the tests' own: a real S3 server, with a cluster of one monitor and one OSD in
 * memory behind it. It is up in about a second and takes 130 MB.
 */
export class CephGateway {
  readonly region = 'us-east-1';
  readonly accessKeyId = 'sandkeep-tests';
  readonly secretAccessKey = 'secret/of+the=tests';
  readonly endpoint: string;
  readonly #binaries: CephBinaries = cephBinaries();
  readonly #settings: CephSettings;
  readonly #ports: PortRange;
  readonly #daemons: WatchedProcess[] = [];

  private constructor(ports: PortRange) {
    this.#ports = ports;
    this.#settings = { clusterId: randomUUID(), directory: watchedDirectory(), firstPort: ports.first };
    this.endpoint = `http://127.0.0.1:${ports.first}`;
  }

  static async start(): Promise<CephGateway> {
    for (let attempt = 1; ; attempt++) {
      const gateway = new CephGateway(await freePortRange(cephPorts));
      try {
        await gateway.#boot();
        return gateway;
      } catch (error) {
        await gateway.close();
        if (attempt === 3) throw error;
      }
    }
  }

  /** Makes another user, who owns nothing. */
  async addUser(name: string): Promise<S3Access> {
    const [accessKeyId, secretAccessKey] = [`key-of-${name}`, `secret-of-${name}`];
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    await this.#run('radosgw-admin', ['user', 'create', `--uid=${name}`, `--display-name=${name}`, ...keys]);
    return { endpoint: this.endpoint, region: this.region, accessKeyId, secretAccessKey };
  }

  /** Freezes the gateway: it accepts connections, and answers nothing. */
  stop(): void {
    this.#daemons.at(-1)?.signal('SIGSTOP');
  }

  continue(): void {
    this.#daemons.at(-1)?.signal('SIGCONT');
  }

  /** kill -9 of all of it; what it stored is gone. */
  async close(): Promise<void> {
    await Promise.all(this.#daemons.map((daemon) => daemon.kill()));
    this.#ports.release();
  }

  async #boot(): Promise<void> {
    const { directory, clusterId } = this.#settings;
    for (const name of ['mon', 'osd', 'rgw']) mkdirSync(join(directory, name));
    writeFileSync(join(directory, 'ceph.conf'), cephConf(this.#settings));
    const map = join(directory, 'monmap');
    const monitor = ['--addv', 'a', monitorAddress(this.#settings)];
    await this.#run('monmaptool', ['--create', '--fsid', clusterId, ...monitor, map]);
    await this.#run('ceph-mon', ['-i', 'a', '--mkfs', '--monmap', map]);
    this.#daemon('ceph-mon', ['-i', 'a']);
    // The monitor ignores, without a word, an OSD whose UUID is not the registered one.
    const osd = randomUUID();
    await Promise.all([
      this.#run('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', osd, '--no-mon-config']),
      this.#run('ceph', ['osd', 'new', osd]),
    ]);
    this.#daemon('ceph-osd', ['-i', '0']);
    // This makes the gateway's pools, too, and so waits for the OSD.
    const keys = [`--access-key=${this.accessKeyId}`, `--secret-key=${this.secretAccessKey}`];
    await this.#run('radosgw-admin', ['user', 'create', '--uid=tests', '--display-name=tests', ...keys]);
    this.#daemon('radosgw', ['-n', 'client.rgw']);
    await eventually('the S3 gateway', async () => {
      for (const daemon of this.#daemons) if (!daemon.running) throw new Error(`it has ended: ${daemon.output}`);
      const answer = await fetch(this.endpoint, { signal: AbortSignal.timeout(5_000) });
      return answer.headers.has('x-amz-request-id');
    });
  }

  /** Starts a program that stays, in the foreground. */
  #daemon(name: keyof CephBinaries, args: readonly string[]): void {
    this.#daemons.push(this.#spawn(name, [...args, '-f']));
  }

  /** Runs a program to its end. @throws Error with what it printed */
  async #run(name: keyof CephBinaries, args: readonly string[]): Promise<void> {
    const running = this.#spawn(name, args);
    const overdue = setTimeout(() => void running.kill(), 30_000);
    const code = await running.ended();
    clearTimeout(overdue);
    if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}: ${running.output}`);
  }

  #spawn(name: keyof CephBinaries, args: readonly string[]): WatchedProcess {
    const { directory } = this.#settings;
    return new WatchedProcess(this.#binaries[name], ['-c', join(directory, 'ceph.conf'), ...args], directory);
  }
}

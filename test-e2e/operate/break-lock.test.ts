import { pathToFileURL } from 'node:url';
import { openDriver } from '@sandkeep/persist-api';
import { afterAll, expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { command, s3Url } from './command.js';

const redis = await RedisServer.start();
const s3 = await ScriptedS3Server.start();
afterAll(() => Promise.all([redis.kill(), s3.close()]));

const stores: [string, () => string][] = [
  ['fs', () => pathToFileURL(temporaryDirectory()).href],
  ['redis', () => redis.url],
  ['s3', () => s3Url(s3, s3.bucket)],
];

test.each(stores)(
  'a process whose lock is broken learns it, and others of the same lock keep it: %s',
  async (_, at) => {
    const url = at();
    const hold = (mode: string, ttlMs: number) =>
      new Worker(import.meta.url, 'workers/hold-lock.js', [url, 'web', mode, `${ttlMs}`]);
    const stuck = hold('shared', 1_000);
    const healthy = hold('shared', 3_600_000);
    const [id, other] = await Promise.all([stuck, healthy].map(async (worker) => (await worker.line('held')).slice(5)));
    const { stdout } = await command('locks', '--url', url);
    expect(stdout).toMatch(
      new RegExp(`^web +${id} +shared +\\S+ +${stuck.pid} +20\\S+Z +\\d+s +\\d+ +0 +a test$`, 'm'),
    );
    expect(stdout).toMatch(new RegExp(`^web +${other} +shared +\\S+ +${healthy.pid} `, 'm'));

    expect(await command('locks', '--break', `${id}`, '--url', url)).toMatchObject({ code: 0, stderr: '' });
    expect(await stuck.line('lost')).toBe('lost LOCK_LOST');
    const now = await command('locks', '--json', '--url', url);
    expect(JSON.parse(now.stdout)).toMatchObject([{ name: 'web', holders: [{ id: other }] }]);

    expect(await command('locks', '--break', `${other}`, '--url', url)).toMatchObject({ code: 0 });
    await using driver = await openDriver(url);
    await using _lock = await driver.lock('web', { waitMs: 0 });
  },
);

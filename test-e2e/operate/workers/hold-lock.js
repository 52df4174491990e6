import { openDriver } from '@sandkeep/persist-api';

/** Takes a shared or exclusive lock; tells its id, and when it is lost. */
const [url, name, mode, ttlMs] = process.argv.slice(2);
const driver = await openDriver(url);
const lock = await driver.lock(name, { mode, ttlMs: Number(ttlMs), info: 'a test' });
lock.signal.addEventListener('abort', () => console.log(`lost ${lock.signal.reason.code}`));
console.log(`held ${lock.holder.id}`);
setInterval(() => {}, 1_000);

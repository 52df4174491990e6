// How often does a stale lock of proper-lockfile get two holders, and does a fast clock break a live one?
// Run in an empty directory: npm install proper-lockfile@4.1.2 && node proper-lockfile-race.mjs
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

const answer = (child, question) =>
  new Promise((resolve) => {
    child.once('message', resolve);
    child.send(question);
  });

async function child() {
  const now = Date.now;
  process.on('message', async ({ file, skewMs = 0 }) => {
    Date.now = () => now() + skewMs;
    try {
      const release = await lockfile.lock(file, { stale: 2000, update: 1000, onCompromised: () => {} });
      process.send('granted');
      setTimeout(() => release().catch(() => {}), 300);
    } catch (error) {
      process.send(error.code);
    }
  });
}

async function parent() {
  const directory = mkdtempSync(join(tmpdir(), 'lockfile-race-'));
  const children = Array.from({ length: 6 }, () => fork(process.argv[1], ['child']));
  let twice = 0;
  for (let round = 0; round < 60; round++) {
    const file = join(directory, String(round));
    const longAgo = new Date(Date.now() - 60_000);
    writeFileSync(file, '');
    mkdirSync(`${file}.lock`);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    const answers = await Promise.all(children.map((each) => answer(each, { file })));
    if (answers.filter((each) => each === 'granted').length > 1) twice += 1;
    await delay(350);
  }
  console.log(`a stale lock taken over by 6 processes: more than one holder in ${twice} of 60 rounds`);
  const file = join(directory, 'live');
  writeFileSync(file, '');
  console.log('a live lock, asked for first:', await answer(children[0], { file }));
  console.log('asked for by a clock an hour ahead:', await answer(children[1], { file, skewMs: 3_600_000 }));
  for (const each of children) each.kill();
  rmSync(directory, { recursive: true });
}

await (process.argv[2] === 'child' ? child() : parent());

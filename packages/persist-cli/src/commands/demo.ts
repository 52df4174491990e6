import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PersistError, redactUrl, SandboxStore } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.js';
import { DemoReport } from '../demo/demo-report.js';
import { runDemo } from '../demo/run-demo.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openConfigured } from '../open-chosen-driver.js';
import { print } from '../output.js';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('kill a supervisor of real processes, and see a new one take over')
    .description(
      'Starts a supervisor that runs four real processes as the containers of two sandboxes and saves their ' +
        'state, kills it with SIGKILL in the middle of a save, and lets a new supervisor restore the state, adopt ' +
        'the processes that live, notice the one that died, and end them. Leaves nothing behind.\n\n' +
        'Without --url the state is kept in a fresh directory; with it, in a namespace that must be empty.',
    )
    .addHelpText('after', '\nExamples:\n  $ sandkeep demo\n  $ sandkeep demo --url redis://localhost:6379')
    .action((_, command: Command) => demo(globalOptions(command)));
}

async function demo({ url, namespace = `demo-${randomBytes(3).toString('hex')}`, json }: GlobalOptions): Promise<void> {
  const signal = endEarly();
  const directory = url === undefined ? await temporaryDirectory() : undefined;
  const chosen = url ?? `${pathToFileURL(String(directory)).href}?create=true`;
  try {
    await using driver = await openConfigured({ config: chosen, source: directory ?? '--url', from: process.cwd() });
    if (!driver.capabilities.shared) {
      throw new PersistError(
        'UNSUPPORTED',
        `the demo needs storage that several processes share: ${redactUrl(chosen)} keeps it inside one process`,
      );
    }
    const store = new SandboxStore(driver, { namespace });
    for await (const id of store.list()) {
      throw new PersistError('INVALID_STATE', `namespace ${namespace} is in use: it has a sandbox ${id}`);
    }
    const report = new DemoReport(json ? AbortSignal.abort() : signal);
    report.opened(redactUrl(chosen), namespace);
    const result = await runDemo({ url: chosen, namespace }, store, report, signal);
    if (json) print(JSON.stringify(result));
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function temporaryDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'sandkeep-demo-'));
  } catch (error) {
    throw new CommandFailure(`no directory can be made in ${tmpdir()}: ${(error as Error).message}`);
  }
}

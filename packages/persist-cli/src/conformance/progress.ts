import type { CaseReport, ConformanceCase } from '@sandkeep/persist-conformance';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { colorsFor } from '../output.js';

/** Tells, while the suite runs, how far it is: a bar on a terminal, else a line for each case. */
export interface Progress {
  finished(result: CaseReport): void;
  end(): void;
}

/** @param cases what will run, in this order */
export function showProgress(cases: readonly ConformanceCase[], stream: NodeJS.WriteStream = process.stderr): Progress {
  if (stream.isTTY) return new ProgressBar(cases, stream);
  return { finished: (result) => void stream.write(`${lineFor(result, stream)}\n`), end() {} };
}

class ProgressBar implements Progress {
  readonly #cases: readonly ConformanceCase[];
  readonly #stream: NodeJS.WriteStream;
  readonly #bars: MultiBar;
  readonly #bar: SingleBar;
  #done = 0;
  #failed = 0;

  constructor(cases: readonly ConformanceCase[], stream: NodeJS.WriteStream) {
    this.#cases = cases;
    this.#stream = stream;
    const format = '{bar} {value}/{total}  {failed}{current}';
    const options = { stream, format, barsize: 24, hideCursor: true, clearOnComplete: true };
    this.#bars = new MultiBar({ ...options, gracefulExit: false }, Presets.shades_classic);
    this.#bar = this.#bars.create(cases.length, 0, this.#payload());
  }

  finished(result: CaseReport): void {
    this.#done += 1;
    if (result.status === 'failed') {
      this.#failed += 1;
      this.#bars.log(`${lineFor(result, this.#stream)}\n`);
    }
    this.#bar.update(this.#done, this.#payload());
  }

  end(): void {
    this.#bars.stop();
  }

  #payload(): Record<string, string> {
    const next = this.#cases[this.#done];
    const failed = this.#failed === 0 ? '' : `${this.#failed} failed  `;
    return { failed, current: next === undefined ? '' : `${next.id} ${next.title}` };
  }
}

function lineFor({ id, title, status, durationMs, reason }: CaseReport, stream: NodeJS.WriteStream): string {
  const { red, dim } = colorsFor(stream);
  const said = { passed: 'passed', failed: red('FAILED'), 'not-verified': dim('not verified') }[status];
  const detail = reason ?? `${durationMs} ms`;
  return `${said} ${id} ${title} ${dim(`(${detail})`)}`;
}

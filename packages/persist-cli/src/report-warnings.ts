import { colorsFor, printable, remark } from './output.js';

/**
 * Drops the warnings of drivers about what their servers risk: they are told in another way.
 */
export function dropRiskWarnings(): void {
  const told = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning: Error & { code?: string }) => {
    if (!/^SANDKEEP_.*_AT_RISK$/.test(warning.code ?? '')) for (const tell of told) tell(warning);
  });
}

/**
 * From now on, warnings (of a driver, for example, about what its server risks) are told on the standard
 * error the way errors are, instead of the way of Node: each is one line.
 * @param json one line of JSON, `{"warning":{"code":…,"message":…}}`, for each
 */
export function reportWarnings({ json }: { json: boolean }): void {
  const { yellow } = colorsFor(process.stderr);
  process.removeAllListeners('warning'); // the one that Node prints with
  process.on('warning', ({ name, code = name, message: told }: Error & { code?: string }) => {
    const message = told.replace(/\s+/g, ' ');
    remark(
      json ? JSON.stringify({ warning: { code, message } }) : `${yellow('sandkeep: warning:')} ${printable(message)}`,
    );
  });
}

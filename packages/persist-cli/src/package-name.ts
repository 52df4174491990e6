import { builtinModules } from 'node:module';
import { PersistError } from '@sandkeep/persist-api';

const maxLength = 214;
const pattern = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const reserved: readonly string[] = ['node_modules', 'favicon.ico', ...builtinModules];

/** By the rules of npm for the names of new packages. @throws `INVALID_ARGUMENT` */
export function checkPackageName(name: string): void {
  if (name.length <= maxLength && pattern.test(name) && !reserved.includes(name)) return;
  throw new PersistError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(name)} is no name for an npm package: expected lower-case letters, digits, "-", "_", "." and "~", ` +
      `not beginning with "." or "_", at most ${maxLength} characters, with or without a @scope/, and no name of Node.js`,
  );
}

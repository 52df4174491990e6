import { join } from 'node:path';
import { ApiReference } from './api-reference.js';
import { repository } from './published-packages.js';

const reference = await ApiReference.read();
for (const warning of reference.warnings) console.warn(warning);
for (const item of reference.undocumented()) console.warn(`no docstring: ${item}`);
await reference.write(join(repository, 'docs/api'));

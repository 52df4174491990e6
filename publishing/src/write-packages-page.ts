import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesPage } from './packages-page.js';
import { repository } from './published-packages.js';

writeFileSync(join(repository, 'docs/packages.md'), packagesPage());

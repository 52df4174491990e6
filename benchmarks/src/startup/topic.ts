import type { Topic } from '../run/topic.js';
import { commandStart, imports } from './imports.js';
import { installedSizes } from './installed-size.js';

/** What users wait for, and download, before anything is stored. */
export const startupTopic: Topic = {
  sections: () => [
    { id: 'startup/import', run: imports },
    { id: 'startup/command', run: commandStart },
    { id: 'startup/size', run: installedSizes },
  ],
};

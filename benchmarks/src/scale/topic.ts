import type { Topic } from '../run/topic.js';
import { backends } from './filled-store.js';
import { growth } from './growth.js';
import { listing } from './listing.js';
import { updateParts } from './update-parts.js';

/** What becomes of costs as there are more sandboxes, or more containers in one. */
export const scaleTopic: Topic = {
  sections: () => [
    ...backends.map((backend) => ({ id: `scale/list/${backend.name}`, run: () => listing(backend) })),
    ...backends.map((backend) => ({ id: `scale/growth/${backend.name}`, run: () => growth(backend) })),
    { id: 'scale/update-1000', run: updateParts },
  ],
};

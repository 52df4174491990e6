import type { Group } from '../measure/group.js';
import type { Section } from '../run/section.js';
import type { Topic } from '../run/topic.js';
import { eventLoopHolds } from './event-loop.js';
import { loads, loadsOf, loadsTogether } from './load.js';
import { destroys, findsMissing, lists, locks } from './other-calls.js';
import { disk, elsewhere, journaled, type Place, tmpfs } from './place.js';
import { saves, savesOf, savesTogether } from './save.js';
import { updates } from './update.js';

const otherSizes = [1, 100, 1000];

/** The directory driver beside bare calls, and beside the libraries that a user would pick instead. */
export const fsTopic: Topic = {
  sections({ directories }) {
    const places = directories?.map(elsewhere) ?? [tmpfs, disk, journaled];
    return places.flatMap(sectionsOf);
  },
};

function sectionsOf(place: Place): Section[] {
  const section = (name: string, run: () => Promise<Group>): Section => ({
    id: `fs/${place.name}/${name}`,
    run,
  });
  return [
    section('save', () => saves(place)),
    section('save-together', () => savesTogether(place)),
    section('load', () => loads(place)),
    section('load-together', () => loadsTogether(place)),
    section('update', () => updates(place, 10)),
    section('update-1000', () => updates(place, 1000)),
    ...otherSizes.map((size) => section(`save-${size}`, () => savesOf(place, size))),
    ...otherSizes.map((size) => section(`load-${size}`, () => loadsOf(place, size))),
    section('find-missing', () => findsMissing(place)),
    section('destroy', () => destroys(place)),
    section('list', () => lists(place)),
    section('lock', () => locks(place)),
    section('event-loop', () => eventLoopHolds(place)),
  ];
}

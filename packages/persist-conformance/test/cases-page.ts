import { conformanceCases, isHook, levelOf, type Need, type SectionId, sections } from '@sandkeep/persist-conformance';

/** The pages that say what a section is about. */
const pages: Readonly<Record<SectionId, string>> = {
  A: '[Writing a driver](writing-a-driver.md#what-to-get-right)',
  B: '[Guarantees](guarantees.md)',
  C: '[Guarantees](guarantees.md)',
  D: '[Locks and versions](guarantees.md#locks-and-versions)',
  E: '[Under trouble](guarantees.md#under-trouble)',
  F: '[Getting started: your own state](getting-started.md#your-own-state)',
  G: '[Writing a driver](writing-a-driver.md#what-to-get-right)',
  H: '[Guarantees](guarantees.md)',
  I: '[Locks and versions](guarantees.md#locks-and-versions)',
  J: '[Writing a driver](writing-a-driver.md#what-to-get-right), [errors](getting-started.md#errors)',
  K: '[Locks and versions](guarantees.md#locks-and-versions)',
  L: '[Watching](watch.md)',
};

/** `docs/conformance-cases.md`. */
export function casesPage(): string {
  const parts = (Object.keys(sections) as SectionId[]).map(sectionPart);
  return `# The cases of the conformance suite

Every case, with what is seen to hold, why that matters, and what it takes beyond instances in one process: hooks of
[the harness](../packages/persist-conformance/README.md), child processes that are killed or paused. The level follows
from that; [Conformance](conformance.md) says what levels are, and which driver reached which.

This page is written by \`npm run conformance:cases\`.

${parts.join('\n')}`;
}

function sectionPart(section: SectionId): string {
  const cases = conformanceCases.filter((testCase) => testCase.section === section);
  const parts = cases.map((testCase) => {
    const { id, title, proves, needs } = testCase;
    const takes = needs.length === 0 ? '' : ` Takes ${needs.map(describeNeed).join(', ')}.`;
    return `- <a id="${id.toLowerCase()}"></a>**${id}** (${levelOf(testCase)}): ${escaped(title)}.\n  _${escaped(proves)}_${takes}`;
  });
  return `## ${section}. ${sections[section]}\n\n${pages[section]}\n\n${parts.join('\n')}\n`;
}

function describeNeed(need: Need): string {
  return isHook(need) ? `\`${need}\`` : { kill: 'killing a process', pause: 'pausing a process' }[need];
}

function escaped(text: string): string {
  return text.replace(/[*_<>|]/g, '\\$&');
}

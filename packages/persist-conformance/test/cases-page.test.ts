import { existsSync, readFileSync } from 'node:fs';
import { conformanceCases, documentationOf, hooks } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';
import { casesPage } from './cases-page.js';

const docs = new URL('../../../docs/', import.meta.url);

it('docs/conformance-cases.md lists every case as it is (else: npm run conformance:cases)', async () => {
  await expect(casesPage()).toMatchFileSnapshot('../../../docs/conformance-cases.md');
});

it('its links lead somewhere', () => {
  const links = [...casesPage().matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
  expect(links.length).toBeGreaterThan(5);
  for (const [, file = '', anchor] of links) {
    expect(existsSync(new URL(file, docs)), file).toBe(true);
    const headings = readFileSync(new URL(file, docs), 'utf8').match(/^#+ .*/gm) ?? [];
    const anchors = headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    if (anchor !== undefined) expect(anchors, file).toContain(anchor);
  }
});

it('a case has one place there', () => {
  for (const { id } of conformanceCases) {
    const [, anchor] = documentationOf(id).split('/docs/conformance-cases.md#');
    expect(casesPage().split(`<a id="${anchor}">`)).toHaveLength(2);
  }
});

it('the README names every hook', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const hook of hooks) expect(readme).toMatch(new RegExp(`^\\| \`${hook}\` +\\|`, 'm'));
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { metrics } from '../../shared/metrics.ts';
import { pictureOf } from '../support/picture.ts';
import { synthesizeWith } from '../support/synthesize-template.ts';

it('is drawn in the architecture page as the template has it', () => {
  const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const [, drawn] = /```mermaid\n([\s\S]+?)\n```/.exec(page) ?? [];
  // When this fails, paste what was expected into the page.
  expect(drawn).toBe(pictureOf(synthesizeWith()));
});

it('names every metric in the architecture page', () => {
  const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('\n## Metrics\n');
  const table =
    section
      .split('\n## ')[0]
      ?.match(/^\|.*$/gm)
      ?.join('\n') ?? '';
  const named = [...table.matchAll(/`([A-Z][A-Za-z]+)`/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(Object.keys(metrics).toSorted());
});

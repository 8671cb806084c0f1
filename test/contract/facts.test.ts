import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const readme = readFileSync(new URL('../../local/twelvelabs/README.md', import.meta.url), 'utf8');

/** The table of facts: what is held, the file and the title of the test that holds it. */
const facts = readme
  .slice(readme.indexOf('| fact | test |'))
  .split('\n')
  .map((line) => /^\| (?<fact>.+) \| (?<file>[\w-]+): (?<title>.+) \|$/.exec(line)?.groups)
  .filter((groups) => groups !== undefined);

it('are many', () => {
  expect(facts.length).toBeGreaterThan(80);
});

it.each(facts)('$file holds: $fact', ({ file, title = '' }) => {
  const url = new URL(`${file}.test.ts`, import.meta.url);
  expect(existsSync(url), `${file}.test.ts`).toBe(true);
  const source = readFileSync(url, 'utf8');
  // A title is the first argument of a test that runs: `it('…'`, or the call that ends `it.each(…)`.
  const quoted = [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`];
  const starts = ['it(', ')('].flatMap((call) => quoted.map((each) => call + each));
  const found = starts.some((start) => source.replaceAll(/\(\s+/g, '(').includes(start));
  expect(found, `“${title}” in ${file}.test.ts`).toBe(true);
});

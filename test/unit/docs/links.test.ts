import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

function markdownBelow(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return entries.filter((it) => it.endsWith('.md')).map((it) => join(folder, it));
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...markdownBelow('docs'),
  ...markdownBelow('local'),
];

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => !existsSync(join(ROOT, dirname(page), link)));
    expect(broken).toEqual([]);
  });

  it('links to headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*\.md)?#([^)]+)\)/g)];
    const broken = links.filter(([, link, anchor = '']) => {
      const target = link === undefined ? join(ROOT, page) : join(ROOT, dirname(page), link);
      return !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...text.matchAll(/npm (?:run (?:-s )?)?([a-z][a-z0-9:-]*)/g)].map(
      ([, it = '']) => it,
    );
    const builtIn = ['ci', 'install', 'run', 'registry'];
    expect(named.filter((name) => !builtIn.includes(name) && !(name in scripts))).toEqual([]);
  });
});

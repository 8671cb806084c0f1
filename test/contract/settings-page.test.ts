import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type * as z from 'zod';
import { boxFault } from '../../local/twelvelabs/faults/fault.ts';
import { operations } from '../../local/twelvelabs/http/operation.ts';
import { boxLimits, boxTiming } from '../../local/twelvelabs/settings.ts';
import { boxSwitches } from '../../local/twelvelabs/switches.ts';

const PAGE = '../../local/twelvelabs/settings.md';

it('is written out for readers as it is (`npx vitest run settings-page -u` writes it anew)', async () => {
  const page = [
    '# Settings and faults of the box',
    'Made from the schemas in `switches.ts`, `settings.ts` and `faults/`, by `test/contract/settings-page.test.ts`.',
    '## Switches: what the provider leaves open, or says in two ways',
    settingsTable(boxSwitches),
    '## Limits',
    settingsTable(boxLimits),
    '## Timing, in milliseconds of the box’s clock',
    settingsTable(boxTiming),
    '## Faults',
    'A fault strikes always, unless it is told otherwise: `times` n and never again, `skip` the first n, with a `probability` (`seed` gives another course of the same chance). Of several faults of one kind, the first that strikes wins.',
    faultsTable(),
    `\`operation\` is one of ${operations.map((each) => `\`${each}\``).join(', ')}.`,
    '',
  ].join('\n\n');
  await expect(page).toMatchFileSnapshot(PAGE);
});

it('says of every setting and fault what it does', () => {
  const shapes = [boxSwitches, boxLimits, boxTiming].flatMap((each) => Object.entries(each.shape));
  for (const [name, schema] of shapes) expect(schema.description, name).toBeTruthy();
  for (const each of boxFault.options) expect(each.description, kindOf(each)).toBeTruthy();
});

it('is tested, each setting and each fault', () => {
  const folder = new URL('./', import.meta.url);
  const tests = readdirSync(folder)
    .filter((name) => name !== 'settings-page.test.ts')
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join();
  const names = [boxSwitches, boxLimits, boxTiming].flatMap((each) => Object.keys(each.shape));
  const kinds = boxFault.options.map(kindOf);
  expect([...names, ...kinds].filter((each) => !tests.includes(each))).toEqual([]);
});

function settingsTable(schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([name, field]) => {
    const standard = (field as z.ZodType).parse(undefined);
    const values = valuesOf(field as z.ZodDefault);
    const choice = values.map((each) => (each === standard ? `**${each}**` : String(each)));
    const shown = choice.length > 0 ? choice.join(', ') : `**${JSON.stringify(standard)}**`;
    return `| \`${name}\` | ${shown} | ${(field as z.ZodType).description} |`;
  });
  return ['| name | values, **default** | what it is about |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The values to choose from; none where it is a number. */
function valuesOf(field: z.ZodDefault): readonly unknown[] {
  const inner = field.unwrap() as z.ZodType;
  if (inner.type === 'boolean') return [false, true];
  return inner.type === 'enum' ? (inner as z.ZodEnum).options : [];
}

function faultsTable(): string {
  const often = ['times', 'skip', 'probability', 'seed', 'kind'];
  const rows = boxFault.options.map((each) => {
    const own = Object.keys(each.shape).filter((key) => !often.includes(key));
    const names = own.map((key) => `\`${key}\``).join(', ');
    return `| \`${kindOf(each)}\` | ${names} | ${each.description} |`;
  });
  return ['| kind | may be told | what happens |', '| --- | --- | --- |', ...rows].join('\n');
}

function kindOf(fault: { readonly shape: { readonly kind: { readonly value: string } } }): string {
  return fault.shape.kind.value;
}

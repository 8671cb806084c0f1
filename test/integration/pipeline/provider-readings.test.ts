import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type * as z from 'zod';
import { type BoxSwitches, boxSwitches } from '../../../local/twelvelabs/switches.ts';
import { startTestPipeline } from '../../support/test-pipeline.ts';

/** Every switch of the box, each with the readings that its page leaves open. */
const readings = Object.entries(boxSwitches.shape).map(
  ([name, field]) => [name, readingsOf(field)] as const,
);

const first = switchesBy((values) => values[0]);
const last = switchesBy((values) => values.at(-1));
const any = fc
  .record(Object.fromEntries(readings.map(([name, values]) => [name, fc.constantFrom(...values)])))
  .map((chosen) => boxSwitches.parse(chosen));

/** Whatever the provider means by its pages, a video goes the whole way and is paid once. */
it.each([
  ['the first of each', first],
  ['the last of each', last],
  ...fc.sample(any, 4).map((each, index) => [`any, ${index + 1}`, each] as const),
] as const)('works by these readings of the contract: %s', async (_, switches) => {
  await using test = await startTestPipeline({ switches });
  const keys = ['a.webm', 'football/b.webm'];
  for (const key of keys) await test.drop(key);

  const rows = await test.letThemFinish(keys, 3 * 3_600);

  const states = rows.flatMap((row) => row.analyses.map((each) => each.state));
  expect(states, JSON.stringify(switches)).toEqual(states.map(() => 'ready'));
  expect(test.box.ledger.items()).toHaveLength(states.length);
  expect(test.box.ledger.assets()).toHaveLength(keys.length);
});

function switchesBy(choose: (values: readonly unknown[]) => unknown): BoxSwitches {
  return boxSwitches.parse(
    Object.fromEntries(readings.map(([name, values]) => [name, choose(values)])),
  );
}

function readingsOf(field: z.ZodType): readonly unknown[] {
  const inner = (field as z.ZodDefault).unwrap() as z.ZodType;
  if (inner.type === 'boolean') return [false, true];
  // A lag: none, and one that outlasts every step of a quick batch.
  return inner.type === 'enum' ? (inner as z.ZodEnum).options : [0, 90_000];
}

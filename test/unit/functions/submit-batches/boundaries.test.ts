import { describe, expect, it } from 'vitest';
import { live } from '../../../faults/boundaries/live.ts';
import { scenarios } from '../../../faults/boundaries/scenarios.ts';
import { waysToStrike } from '../../../faults/boundaries/struck.ts';

// `npm run faults -- boundaries` strikes every scenario everywhere, and twice in a row.
const [plain] = scenarios;
if (!plain) throw new Error('there is no scenario');
const calm = await live(plain, []);

describe.each(waysToStrike)('a batcher that is struck, %s a call to the outside,', (how) => {
  it.each(calm.calls.map(({ name }, at) => [at, name] as const))(
    'at its call %i, %s, leaves nothing lost, doubled or stuck',
    async (at) => {
      const { broken } = await live(plain, [{ at, how }]);
      expect(broken).toEqual([]);
    },
  );
});

it.each(scenarios)('gets through: $name', async (scenario) => {
  expect((await live(scenario, [])).broken).toEqual([]);
});

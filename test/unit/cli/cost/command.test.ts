import { expect, it } from 'vitest';
import type { Reckoning } from '../../../../cli/cost/reckon.ts';
import { runCommand } from '../../../support/run-command.ts';

it('reckons for the stack as it stands, from what was measured of it', async () => {
  const { code, out, errors } = await runCommand('cost', undefined, '--videos', '5', '--json');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const found = JSON.parse(out) as Reckoning;
  expect(found.workload.videos).toBe(5);
  expect({ notPriced: found.notPriced, notMeasured: found.notMeasured }).toEqual({
    notPriced: [],
    notMeasured: [],
  });
  expect(found.provider.dollars).toBeGreaterThan(5 * 8 * 0.0292);
  const polls = found.idleMonth.rows.find((it) => it.price === 'sqsRequest')?.quantity;
  expect(polls).toBeGreaterThanOrEqual(found.polledQueues * 657_000);
});

it('shows its usage beside what is wrong with an option', async () => {
  const { code, errors } = await runCommand('cost', undefined, '--videos', '0');
  expect(code).toBe(2);
  expect(errors).toContain('cost: --videos takes a number from 1 to 1000000000, not 0');
  expect(errors).toContain('npm run cost -- ');
});

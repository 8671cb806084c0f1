import { expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { startGate } from './gate.ts';
import { printed, send, startQueueCloud } from './queue-cloud.ts';

it('gathers a batch until it is full or its window ends on the clock', async () => {
  await using running = await startQueueCloud('', {
    BatchSize: 15,
    MaximumBatchingWindowInSeconds: 5,
  });
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => String(from + index));
  await send(running, ...numbers(0, 10));
  await send(running, ...numbers(10, 18));
  await waitFor(() => printed(running).length === 1, { describe: () => running.logText() });
  await running.cloud.whenIdle();
  expect(printed(running).map(({ bodies }) => bodies.length)).toEqual([15]);

  await running.clock.advance(5000);
  await running.cloud.whenIdle();

  await waitFor(() => printed(running).length === 2, { describe: () => running.logText() });
  expect(printed(running).map(({ bodies }) => bodies.length)).toEqual([15, 3]);
});

it.each([
  ['the mapping', { MaximumConcurrency: 2 }, {}, 2],
  ['the function', {}, { ReservedConcurrentExecutions: 1 }, 1],
  ['nothing but the laptop', {}, {}, 4],
])('runs as many at once as %s allows', async (_what, scaling, code, most) => {
  await using gate = await startGate();
  const mapped = { BatchSize: 1, ScalingConfig: scaling };
  await using running = await startQueueCloud(`await fetch('${gate.url}');`, mapped, code);
  await send(running, ...Array.from({ length: 8 }, (_, index) => String(index)));

  await waitFor(() => gate.waiting() === most, { describe: () => running.logText() });

  const queue = running.cloud.outputs['Queue'] ?? '';
  expect(await running.visibleMessages(queue)).toBe(8 - most);
  gate.open();
  await running.cloud.whenIdle();
  expect(await running.visibleMessages(queue)).toBe(0);
});

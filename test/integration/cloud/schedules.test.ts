import { expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { arnOf } from './assembly.ts';
import { startTellingCloud, told } from './telling-cloud.ts';
import { START } from './test-cloud.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const rule = (rate: string, target: object = {}) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ScheduleExpression: rate,
    State: 'ENABLED',
    Targets: [{ Arn: arnOf('Tell'), Id: 'Target0', ...target }],
  },
});

it('fires a schedule when its time comes, with that very time', async () => {
  await using running = await startTellingCloud({ EveryMinute: rule('rate(1 minute)') });
  await running.clock.advance(MINUTE_MS - 1);
  await running.cloud.whenIdle();
  expect(told(running)).toEqual([]);

  await running.clock.advance(1);
  await running.cloud.whenIdle();

  const [first] = await waitFor(() => (told(running).length > 0 ? told(running) : undefined));
  expect(first?.fresh).toBe('2026-11-21T23:29:00.000Z');
  expect(first?.event).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    account: '000000000000',
    time: '2026-11-21T23:29:00Z',
    region: 'us-east-1',
    resources: [expect.stringMatching(/^arn:aws:events:us-east-1:000000000000:rule\/Test-Every/)],
    detail: {},
  });
});

it('lets a day pass: each of 1,440 minutes comes, and is over before the next', async () => {
  await using running = await startTellingCloud({ EveryMinute: rule('rate(1 minute)') });

  await running.cloud.letTimePass(DAY_MS);

  await waitFor(() => told(running).length === 1440, { describe: () => told(running).length });
  expect(told(running).map(({ now }) => now)).toEqual(
    Array.from({ length: 1440 }, (_, minute) => START.getTime() + (minute + 1) * MINUTE_MS),
  );
  expect(running.clock.nowMs()).toBe(START.getTime() + DAY_MS);
});

it('tries an event of a schedule again twice, a minute and two minutes later', async () => {
  await using running = await startTellingCloud({
    EveryHour: rule('rate(1 hour)', { Input: '{"fail": true}' }),
  });

  await running.cloud.fireSchedules('EveryHour');
  await running.cloud.letTimePass(10 * MINUTE_MS);

  const minutes = () => told(running).map(({ now }) => (now - START.getTime()) / MINUTE_MS);
  await waitFor(() => told(running).length === 3, { describe: minutes });
  expect(minutes()).toEqual([0, 1, 3]);
  expect(told(running)[0]?.event).toEqual({ fail: true });
});

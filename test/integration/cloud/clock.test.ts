import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, it } from 'vitest';
import { Clock } from '../../../local/clock.ts';
import { waitFor } from '../../support/wait-for.ts';
import { lambda, mapping, queuePair } from './assembly.ts';
import { startTellingCloud, told } from './telling-cloud.ts';
import { START, startTestCloud } from './test-cloud.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

it('jumps a day at once, for warm and cold functions and for the emulators', async () => {
  await using running = await startTellingCloud({ Cold: lambda('telling') });
  await running.cloud.invoke('Tell', {});

  await running.clock.advance(DAY_MS);

  const now = START.getTime() + DAY_MS;
  expect(await running.cloud.invoke('Tell', {})).toMatchObject({ ok: true, payload: { now } });
  expect(await running.cloud.invoke('Cold', {})).toMatchObject({ ok: true, payload: { now } });
  const answer = await fetch(running.cloud.endpoints.s3);
  expect(answer.headers.get('date')).toBe(new Date(now).toUTCString());
});

it('runs with a clock that runs', async () => {
  const clock = new Clock();
  await using running = await startTellingCloud({}, clock);
  await clock.advance(DAY_MS);

  const outcome = await running.cloud.invoke('Tell', {});

  const { now } = (outcome.ok ? outcome.payload : {}) as { now: number };
  expect(now).toBeLessThanOrEqual(clock.nowMs());
  expect(now).toBeGreaterThan(clock.nowMs() - MINUTE_MS);
});

it('delivers a delayed message when its time has come', async () => {
  await using running = await startTellingCloud({
    ...queuePair('Work'),
    Mapping: mapping('Work', 'Tell', { FunctionResponseTypes: [] }),
  });
  await running.sqs.send(
    new SendMessageCommand({
      QueueUrl: running.cloud.outputs['Queue'],
      MessageBody: 'later',
      DelaySeconds: 900,
    }),
  );
  await running.cloud.whenIdle();
  expect(told(running)).toEqual([]);

  await running.clock.advance(900_000);
  await running.cloud.whenIdle();

  await waitFor(() => told(running).length === 1);
});

it('lets a presigned URL expire', async () => {
  await using running = await startTellingCloud({
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'a-bucket' } },
  });
  const object = { Bucket: 'a-bucket', Key: 'clip.mp4' };
  await running.s3.send(new PutObjectCommand({ ...object, Body: 'bytes' }));
  const url = await getSignedUrl(
    running.s3,
    new GetObjectCommand({ ...object, ResponseContentType: 'video/x-own' }),
    { expiresIn: 3600, signingDate: running.clock.now() },
  );

  const inTime = await fetch(url);
  await running.clock.advance(3_600_001);
  const late = await fetch(url);

  expect([inTime.status, inTime.headers.get('content-type')]).toEqual([200, 'video/x-own']);
  expect(await inTime.text()).toBe('bytes');
  expect(late.status).toBe(403);
  expect(await late.text()).toContain('Request has expired');
});

it('is not idle before its neighbours are', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isIdle = false;
  await using running = await startTestCloud(
    { resources: {} },
    { neighbours: [{ settled: () => promise }] },
  );
  const idle = running.cloud.whenIdle().then(() => {
    isIdle = true;
  });
  await fetch(running.cloud.endpoints.httpApi);
  expect(isIdle).toBe(false);

  resolve();

  await idle;
});

import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { signWebhook } from '../../../local/twelvelabs/webhooks/sign-webhook.ts';
import type { Row } from '../../../shared/store/row-reader.ts';
import { WEBHOOK_SECRET } from '../../support/reused-pipeline.ts';
import { aBatch, anAnalysis, aVideo } from '../../support/rows.ts';
import { deliver, s3Record } from '../../support/s3-records.ts';
import { CLIP, startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';
import { type Reviewed, unusedGrants } from '../../support/unused-grants.ts';

const HOUR = 3_600;
/** Rights that nobody needs here. */
const reviewed: readonly Reviewed[] = [
  {
    action: 'sqs:ChangeMessageVisibility',
    besides: 'sqs:ReceiveMessage',
    why: 'the event source of CDK grants it with what polling takes',
  },
  {
    action: 'sqs:GetQueueUrl',
    besides: 'sqs:ReceiveMessage',
    why: 'the event source of CDK grants it with what polling takes',
  },
  {
    action: 's3:GetObjectVersion',
    besides: 's3:GetObject',
    why: 'an event names a version where the bucket keeps them, as on AWS; here none does',
  },
];
const GOALS = new URL('../../../samples/football/goals.mp4', import.meta.url);

it('lets each function do all that it does, and nothing that none ever does', async () => {
  await using test = await startTestPipeline({
    limits: { chunkBytes: 50_000 },
    // The clip goes in chunks, the goals by URL.
    environment: { CHUNKS_ABOVE_BYTES: '100000' },
    mayBeDenied: /GetObject on resource: arn:aws:s3:::\S*archivebucket/,
  });

  await analyse(test);
  await hearTwice(test);
  await uploadInChunks(test);
  await loseObjects(test);
  await lookWhereItMayNot(test);
  await wakeEveryStage(test);

  const record = await test.pipeline.cloud.accessRecord();
  expect(unusedGrants(record, reviewed)).toEqual([]);
  expect(record.denials).toHaveLength(1);
});

/** The way of an upload, of the same dropped again, and of another in its place. */
async function analyse(test: TestPipeline): Promise<void> {
  const fails = { times: 1, message: 'internal error' } as const;
  test.box.faults.set({ kind: 'break-asset', ...fails });
  test.box.faults.set({ kind: 'slow-asset', ms: 10_000, times: 1 });
  test.box.faults.set({ kind: 'fail-item', ...fails });
  const key = 'football/goals.mp4';
  await test.drop(key, GOALS);
  await test.letThemFinish([key], HOUR);
  await test.drop(key, GOALS);
  await test.drop('football/goals.webm', CLIP);
  await test.letThemFinish(['football/goals.webm'], HOUR);
  // The batch is found again on the provider's list, among those that are over.
  test.box.faults.set({ kind: 'lose-reply', operation: 'batches.create', times: 1 });
  await test.drop(key, CLIP);
  // Until the event has come, the rows are those of the upload before.
  await test.letPass(60);
  await test.letThemFinish([key], HOUR);
}

/** A batch of which two events come within seconds: it is not looked at again at once. */
async function hearTwice(test: TestPipeline): Promise<void> {
  test.box.faults.set({ kind: 'slow-item', ms: 600_000, times: 1 });
  const before = test.box.batches().length;
  await test.drop('b.mp4', GOALS);
  for (let passed = 0; test.box.batches().length === before; passed += 10) {
    if (passed > HOUR) throw new Error('no batch was created for b.mp4');
    await test.letPass(10);
  }
  const { batch_id: id } = test.box.batches().at(-1) ?? {};
  const body = JSON.stringify({ type: 'analyze.batch.completed', data: { id } });
  for (const _event of ['one', 'another']) {
    const signature = signWebhook(WEBHOOK_SECRET, test.clock.nowMs() / 1000, body);
    const headers = { 'tl-signature': signature, 'content-type': 'application/json' };
    await fetch(test.pipeline.webhookUrl, { method: 'POST', body, headers });
    await test.letPass(1);
  }
  await test.letThemFinish(['b.mp4'], HOUR);
}

/** Interrupted once, and begun anew once. */
async function uploadInChunks(test: TestPipeline): Promise<void> {
  const away = { kind: 'answer', times: 1 } as const;
  test.box.faults.set({ ...away, status: 503, operation: 'multipartUpload.putChunk' });
  test.box.faults.set({ ...away, status: 404, operation: 'multipartUpload.getStatus', skip: 2 });
  for (const key of ['a.webm', 'b.webm']) await test.drop(key);
  await test.letThemFinish(['a.webm', 'b.webm'], HOUR);
}

/** Objects that are deleted before accept-upload, register-asset and upload-chunks read them. */
async function loseObjects(test: TestPipeline): Promise<void> {
  const { pipeline } = test;
  const lost = { bucket: pipeline.uploadsBucket, key: 'lost.mp4' };
  await deliver(pipeline, { Records: [s3Record({ ...lost, etag: 'e', sequencer: '1' })] });

  const slotAt = test.clock.now().toISOString();
  const video = aVideo({ bucket: lost.bucket, key: 'unregistered.mp4', slotAt, dueAt: slotAt });
  await put(test, video);

  test.box.faults.set({ kind: 'answer', status: 503, operation: 'multipartUpload.putChunk' });
  await test.drop('unsent.webm');
  await test.letPass(10);
  const unsent = { Bucket: lost.bucket, Key: 'unsent.webm' };
  await pipeline.s3.send(new DeleteObjectCommand(unsent));
  await test.letThemFinish(['lost.mp4', 'unregistered.mp4', 'unsent.webm'], HOUR);
  test.box.faults.clear();
}

/** An event of a bucket that is none of its: the upload is tried again, by a message. */
async function lookWhereItMayNot(test: TestPipeline): Promise<void> {
  const elsewhere = { bucket: test.pipeline.archiveBucket, key: 'a.mp4', etag: 'e' };
  await deliver(test.pipeline, { Records: [s3Record({ ...elsewhere, sequencer: '1' })] });
}

/** A row for each stage whose message was lost. */
async function wakeEveryStage(test: TestPipeline): Promise<void> {
  const due = { bucket: test.pipeline.uploadsBucket, dueAt: test.clock.now().toISOString() };
  const rows = [
    aVideo({ ...due, key: '1.mp4', state: 'received', stage: 'accept-upload' }),
    aVideo({ ...due, key: '2.mp4', state: 'waiting', stage: 'schedule-upload' }),
    aVideo({ ...due, key: '3.mp4', state: 'registering', stage: 'register-asset' }),
    aVideo({ ...due, key: '4.mp4', state: 'uploading', stage: 'upload-chunks' }),
    aVideo({ ...due, key: '5.mp4', state: 'processing', stage: 'admit-asset' }),
    anAnalysis({ dueAt: due.dueAt }),
    aBatch({ batchId: 'a', state: 'intended', stage: 'settle-batches', dueAt: due.dueAt }),
    aBatch({ batchId: 'b', state: 'active', stage: 'collect-results', dueAt: due.dueAt }),
  ];
  for (const row of rows) await put(test, row);
  await test.pipeline.cloud.fireSchedules();
  // Until rounds and looks have come of it.
  await test.letPass(120);
}

async function put({ pipeline }: TestPipeline, row: Row): Promise<void> {
  await pipeline.table.send(new PutCommand({ TableName: pipeline.tableName, Item: row }));
}

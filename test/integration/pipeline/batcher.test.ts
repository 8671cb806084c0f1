import { expect, it } from 'vitest';
import { knownProfiles } from '../../../functions/submit-batches/claim-analyses.ts';
import {
  type SubmitBatchesDeps,
  submitBatches,
} from '../../../functions/submit-batches/submit-batches.ts';
import { createBatchingMemory } from '../../../shared/store/batching-memory.ts';
import { acquireLease } from '../../../shared/store/lease.ts';
import { createStore } from '../../../shared/store/store.ts';
import { createTable } from '../../../shared/store/table.ts';
import { ProviderSilentError } from '../../../shared/twelvelabs/errors.ts';
import { batchLimits } from '../../../shared/twelvelabs/limits.ts';
import { createWaitingRoom } from '../../../shared/waiting-room.ts';
import { fakeLog, fakeQueue } from '../../support/fakes.ts';
import { anAnalysis, aProfile, atSecond } from '../../support/rows.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

/** The batcher's own code on a real table, with a provider whose every answer the test decides. */
async function aBatcher({ pipeline }: TestPipeline, waiting: number) {
  let second = 0;
  const now = () => atSecond(second);
  const log = fakeLog();
  const table = createTable(pipeline.tableName, pipeline.table);
  const store = createStore(table, now, log);
  for (let number = 0; number < waiting; number++) {
    const { revision, stateSince, stage, dueAt, dueBy, ...fields } = anAnalysis({
      pk: `VIDEO#uploads/${number}.mp4`,
      key: `${number}.mp4`,
      queuedAt: now().toISOString(),
    });
    expect(await store.queueAnalysis(fields)).toBeDefined();
    second += 1;
  }
  let batches = 0;
  const posts: unknown[] = [];
  const deps: SubmitBatchesDeps = {
    provider: {
      cancelBatch: () => Promise.reject(new Error('not asked for')),
      createBatch: async (request) => {
        posts.push(request);
        return { batch_id: `provider-${posts.length}` };
      },
      listAssets: async (ids) => ids.map((_id) => ({ _id, status: 'ready' })),
      listBatches: async function* () {},
      openResults: () => Promise.reject(new Error('not asked for')),
      retrieveBatch: () => Promise.reject(new Error('not asked for')),
    },
    store,
    waitingRoom: createWaitingRoom({ store, queues: {}, now, log }),
    queuedAnalyses: fakeQueue(),
    acquireLease: () => acquireLease(table, 'submit-batches', 300, now),
    memory: createBatchingMemory(table),
    profiles: knownProfiles([aProfile()]),
    limits: { ...batchLimits, maxRequests: 2 },
    newBatchId: () => `batch-${batches++}`,
    remainingMs: () => 900_000,
    now,
    log,
    measure: () => {},
  };
  const letPass = (seconds: number) => {
    second += seconds;
  };
  return { deps, posts, store, letPass };
}

it('goes on after an outage though its intents stand behind a backlog', async () => {
  await using test = await startTestPipeline();
  const { deps, posts, letPass } = await aBatcher(test, 40);
  const silent: SubmitBatchesDeps = {
    ...deps,
    provider: {
      ...deps.provider,
      createBatch: () => Promise.reject(new ProviderSilentError('no answer')),
    },
  };
  letPass(60);
  await submitBatches(silent);
  expect(posts).toHaveLength(0);

  for (let round = 0; round < 30 && posts.length < 5; round++) {
    letPass(120);
    await submitBatches(deps);
  }

  expect(posts).toHaveLength(5);
});

it('sends once, at the next look, what a function that died before sending had claimed', async () => {
  await using test = await startTestPipeline();
  const { deps, posts, store, letPass } = await aBatcher(test, 2);
  const { move } = deps.waitingRoom;
  const dies: SubmitBatchesDeps = {
    ...deps,
    waitingRoom: {
      move: (row, step) =>
        row.kind === 'batch' ? Promise.reject(new Error('killed')) : move(row, step),
    },
  };
  letPass(60);
  await expect(submitBatches(dies)).rejects.toThrow('killed');
  expect(await store.countIn('submitting', 9)).toBe(2);

  letPass(1_000);
  await submitBatches(deps);
  await submitBatches(deps);

  expect(posts).toHaveLength(1);
  expect(await store.countIn('submitted', 9)).toBe(2);
});

it('does not send a request that another round has settled meanwhile', async () => {
  await using test = await startTestPipeline();
  const { deps, posts, letPass } = await aBatcher(test, 2);
  const { move } = deps.waitingRoom;
  let sleeps = true;
  const late: SubmitBatchesDeps = {
    ...deps,
    waitingRoom: {
      move: async (row, step) => {
        if (row.kind === 'batch' && sleeps) {
          // The function is frozen right before it sends; its lease runs out, another round comes.
          sleeps = false;
          letPass(1_000);
          await submitBatches(deps);
          await submitBatches(deps);
        }
        return await move(row, step);
      },
    },
  };
  letPass(60);

  await submitBatches(late);

  expect(posts).toHaveLength(1);
});

it('refuses a move that was decided on an older upload of the key', async () => {
  await using test = await startTestPipeline();
  const { store } = await aBatcher(test, 0);
  const { revision, stateSince, stage, dueAt, dueBy, ...fields } = anAnalysis();
  const older = await store.queueAnalysis({ ...fields, sequencer: '1' });
  await store.queueAnalysis({ ...fields, sequencer: '2', videoId: 'newer' });

  const due = { at: atSecond(900), by: 'clock' } as const;
  expect(older && (await store.move(older, { to: 'submitting', due }))).toBeUndefined();
  expect(await store.read(fields)).toMatchObject({ state: 'queued', videoId: 'newer' });
});

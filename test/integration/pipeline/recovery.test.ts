import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Analysis } from '../../../shared/analysis.ts';
import type { Blow, Call } from '../../faults/recovery/calls.ts';
import { type Life, live } from '../../faults/recovery/live.ts';
import {
  type RecoveryPipeline,
  startRecoveryPipeline,
} from '../../faults/recovery/recovery-pipeline.ts';
import { scenarios } from '../../faults/recovery/scenarios.ts';
import type { Rows, World } from '../../faults/recovery/world.ts';

const [plain] = scenarios;
let folder: string;
let pipeline: RecoveryPipeline;
let calm: Life;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelbatch-recovery-test-'));
  const directory = join(folder, 'cdk.out');
  await cp(inject('assemblyDirectory'), directory, { recursive: true });
  pipeline = await startRecoveryPipeline(directory);
  calm = await live(pipeline, scenario());
});
afterAll(async () => {
  await pipeline?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function scenario() {
  if (!plain) throw new Error('there is no scenario');
  return plain;
}

/** The death of a function at the first request of that name in a calm life. */
function deathAt(functionName: string, name: string, how: Blow['how']): Blow {
  const at = calm.calls.find((call) => call.functionName === functionName && call.name === name);
  if (!at) throw new Error(`${functionName} makes no request ${name}`);
  return { at, how };
}

it('a life without deaths breaks nothing, and shows what every function does', () => {
  expect(calm.broken).toEqual([]);
  expect(new Set(calm.calls.map(({ functionName }) => functionName))).toEqual(
    new Set([
      'accept-upload',
      'register-asset',
      'admit-asset',
      'submit-batches',
      'receive-webhook',
      'collect-results',
      'wake-due',
    ]),
  );
});

it.each([
  ['accept-upload', 'dynamodb PutItem', 'before'],
  ['register-asset', 'twelvelabs POST /assets', 'after'],
  ['submit-batches', 'twelvelabs POST /analyze/batches', 'after'],
  ['receive-webhook', 'sqs SendMessageBatch', 'before'],
  ['collect-results', 's3 PutObject', 'after'],
] as const)('outlives the death of %s at %s, %s it', async (functionName, name, how) => {
  const life = await live(pipeline, scenario(), { blows: [deathAt(functionName, name, how)] });
  expect(life).toMatchObject({ broken: [], missed: [] });
});

it('tells of what never becomes final when the clock is silent', async () => {
  const blows = [deathAt('admit-asset', 'sqs SendMessageBatch', 'before')];
  const { broken } = await live(pipeline, scenario(), {
    blows,
    deaf: ['wake-due'],
    mostSteps: 30,
  });
  expect(broken).toContainEqual(
    expect.stringMatching(/^not final: VIDEO#\S+ ANALYSIS#summary is queued/),
  );
  expect(broken).toContain('0 items billed, not 2');
});

it('tells of what is paid twice', async () => {
  const forgotten: string[] = [];
  const meanwhile = async (world: World, { all }: Rows) => {
    const [ready] = all.filter(({ kind, state }) => kind === 'analysis' && state === 'ready');
    if (ready?.kind !== 'analysis' || forgotten.length > 0) return false;
    await forgetAnswer(ready, world);
    forgotten.push(ready.profile);
    return true;
  };
  const { broken } = await live(pipeline, { ...scenario(), meanwhile });
  expect(broken).toContain('3 items billed, not 2');
  expect(broken).toContain('1 paid twice, not 0');
});

/** Sends an analysis that is ready back to the queue, as no function does. */
async function forgetAnswer(ready: Analysis, { pipeline: its, clock }: World): Promise<void> {
  const { result, archived, batchId, customId, usage, ...row } = ready;
  const waits = { state: 'queued', stage: 'submit-batches', dueAt: clock.now().toISOString() };
  const Item = { ...row, ...waits, dueBy: 'clock', revision: row.revision + 1 };
  await its.table.send(new PutCommand({ TableName: its.tableName, Item }));
}

it('tells of a death that was planned and never came about', async () => {
  const at: Call = { ...deathAt('wake-due', 'dynamodb Query', 'before').at, nth: 1_000 };
  const { missed } = await live(pipeline, scenario(), { blows: [{ at, how: 'before' }] });
  expect(missed).toEqual([{ at, how: 'before' }]);
});

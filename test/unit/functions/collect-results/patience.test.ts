import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { unpackLines } from '../../../../shared/archive-format.ts';
import type { Batch } from '../../../../shared/batch.ts';
import {
  aLineWithout,
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
} from '../../../support/collector-world.ts';

/** Lets days pass, with a look each hour if one is due. */
async function pass(world: CollectorWorld, days: number): Promise<void> {
  for (let hour = 0; hour < days * 24; hour += 1) {
    world.letPass(3_600);
    await world.collectDue();
  }
}

/** The lines in quarantine, as they came. */
async function quarantined({ rows, archive }: CollectorWorld): Promise<string[]> {
  const lines = await Promise.all(
    rows('quarantine').map(async ({ archived }) => {
      return await unpackLines(await archive.readMember(archived as never));
    }),
  );
  return lines.flat().map((line) => Buffer.from(line).toString());
}

describe('a batch whose results are never to be had', () => {
  const refuse = (status: number) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"no"}');
  };

  it.each<[string, Parameters<CollectorWorld['results']>[0]]>([
    ['404', refuse(404)],
    ['403', refuse(403)],
    ['torn', (response) => response.write('{"task_id"', () => response.destroy())],
  ])('(%s) says so, is asked less and less, and ends when they are deleted', async (_, answer) => {
    await using world = await startCollectorWorld();
    world.results(answer);
    await world.collect();
    expect(world.batch()).toMatchObject({ state: 'active', reason: { code: expect.any(String) } });

    await pass(world, 28);
    expect(world.analysis(0).state).toBe('submitted');
    await pass(world, 3);

    expect(world.batch().state).toBe('closed');
    const message = expect.stringContaining('no results in the 30 days for which they are kept');
    expect(world.analysis(0)).toMatchObject({ state: 'failed', reason: { message } });
    expect(world.readings()).toBeLessThan(31 * 24 + 2);
  });

  it.each([
    ['processing', { processing_items: 1 }],
    ['a status unheard of', {}],
  ])('for it is %s for ever, says so and ends likewise', async (status, counters) => {
    await using world = await startCollectorWorld();
    world.says({ status, ready_items: 0, ...counters });
    await world.collect();
    expect(world.batch().reason).toBeUndefined();

    await pass(world, 3);
    const message = `hours after its expiry the provider still says ${status}`;
    expect(world.batch().reason).toEqual({ code: 'batch_overdue', message });
    await pass(world, 29);

    expect(world.analysis(0)).toMatchObject({ state: 'failed', reason: { code: 'batch_overdue' } });
    expect(world.batch().state).toBe('closed');
  });

  it('for the provider denies it is not believed until a week after its expiry', async () => {
    await using world = await startCollectorWorld();
    const gone = {
      ...world.batch(),
      providerBatchId: 'ffffffffffffffffffffffff',
    } satisfies Batch;
    await world.table.putAll([gone]);
    world.deny('ffffffffffffffffffffffff');

    await pass(world, 7.9);
    expect(world.batch()).toMatchObject({ state: 'active', reason: { code: 'batch_gone' } });
    await pass(world, 0.3);

    expect(world.analysis(0)).toMatchObject({ state: 'failed', reason: { code: 'batch_gone' } });
    expect(world.batch().state).toBe('closed');
  });
});

it('does not take an outage for patience', async () => {
  await using world = await startCollectorWorld({ count: 2 });
  const lines = world.analyses.map((it) => aResultLine(it, 'x'));
  world.results(String(lines[0]));
  await world.collect();
  world.results((response) => response.writeHead(503).end());
  await pass(world, 2);

  world.results(String(lines[0]));
  await pass(world, 0.5);
  expect(world.analysis(1).state).toBe('submitted');

  world.results(lines.join('\n'));
  await pass(world, 0.1);
  expect(world.analysis(1).state).toBe('ready');
});

describe('an answer that no row takes', () => {
  it('for a newer upload has its place is kept in quarantine, and the batch closes', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const lines = world.analyses.map((it) => aResultLine(it, 'paid'));
    const { stage, dueAt, dueBy, customId, batchId, ...row } = world.analysis(0);
    await world.table.putAll([
      { ...row, state: 'queued', sequencer: 'F'.repeat(32), stage: 'submit-batches', dueAt },
    ]);
    world.results(lines.join('\n'));

    await world.collect();

    expect(world.batch().state).toBe('closed');
    expect(world.rows('quarantine')).toMatchObject([{ reason: { code: 'answer_unclaimed' } }]);
    expect(await quarantined(world)).toContain(lines[0]);
    expect(world.analysis(0).state).toBe('queued');
  });

  it('for it failed in an earlier reading is kept too', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const hopeless = { code: 'video_file_broken', message: 'x' };
    const waiting = aLineWithout(world.analysis(1), 'processing');
    world.says({ status: 'processing', failed_items: 1, ready_items: 0, processing_items: 1 });
    world.results(`${aLineWithout(world.analysis(0), 'failed', hopeless)}\n${waiting}`);
    await world.collect();
    expect(world.analysis(0).state).toBe('failed');

    const lines = world.analyses.map((it) => aResultLine(it, 'paid'));
    world.says({ status: 'completed', failed_items: 0, ready_items: 2, processing_items: 0 });
    world.results(lines.join('\n'));
    await world.collect();

    expect(world.analysis(1).state).toBe('ready');
    expect(await quarantined(world)).toContain(lines[0]);
  });
});

it('counts how often a batch was sent without an analysis, and does not try for ever', async () => {
  await using world = await startCollectorWorld({
    count: 2,
    fields: (at) => ({ notRun: at === 0 ? 0 : 19 }),
  });
  await world.table.putAll([{ ...world.batch(), itemCount: 0 }]);
  world.says({ total_items: 0 });
  world.results('');

  await world.collect();

  const reason = { code: 'never_sent' };
  expect(world.analysis(0)).toMatchObject({ state: 'queued', notRun: 1, reason });
  expect(world.analysis(1)).toMatchObject({ state: 'failed', reason });
});

it('says when the quarantine of a batch is full, and keeps what is paid all the same', async () => {
  await using world = await startCollectorWorld({ count: 2 });
  const strangers = Array.from({ length: 1_100 }, (_, at) => `{"no":${at}}`);
  const lines = world.analyses.map((it) => aResultLine(it, 'x'));
  await world.table.putAll([{ ...world.analysis(1), state: 'failed', stage: undefined }]);
  world.results([...strangers, ...lines].join('\n'));

  await world.collect();

  expect(await quarantined(world)).toContain(lines[1]);

  expect(world.log.events().filter((it) => it === 'quarantine_full')).toHaveLength(1);
});

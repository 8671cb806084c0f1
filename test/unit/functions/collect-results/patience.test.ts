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

const START = '2026-10-01T00:00:00.000Z';

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

describe('an outage', () => {
  it('is not taken for patience', async () => {
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

  it('now and then does not begin the day anew: what never ran goes back after it', async () => {
    await using world = await startCollectorWorld({ count: 3 });
    const lines = [
      aResultLine(world.analysis(0), 'x'),
      aLineWithout(world.analysis(1), 'canceled'),
    ];
    let looks = 0;
    world.results((response) => {
      looks += 1;
      response.writeHead(looks % 5 === 0 ? 503 : 200).end(lines.join('\n'));
    });

    await pass(world, 2);

    expect(world.analysis(1)).toMatchObject({ state: 'queued', notRun: 1 });
    expect(world.analysis(2)).toMatchObject({
      state: 'failed',
      reason: { code: 'result_missing' },
    });
    expect(world.batch().state).toBe('closed');
  });
});

describe('one line', () => {
  it.each<[string, string]>([
    ['that nests deeper than the stack', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['that nests deep where text should be', 'deep'],
  ])('%s costs its batch nothing', async (_, bad) => {
    await using world = await startCollectorWorld({ count: 2 });
    const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const deep = aResultLine(world.analysis(0), 'x').replace('"data":"x"', `"data":${nested}`);
    world.results(`${bad === 'deep' ? deep : bad}\n${aResultLine(world.analysis(1), 'x')}`);

    await world.collect();

    expect(world.analysis(1).state).toBe('ready');
    expect(world.batch()).toMatchObject({
      state: 'active',
      reason: { code: 'results_incomplete' },
    });
  });

  it('that no write settles stops no other, and ends with its batch', async () => {
    await using world = await startCollectorWorld({ count: 3 });
    const lines = world.analyses.map((it) => aResultLine(it, 'x'));
    const never = world.analysis(1).pk;
    const on = new Proxy(world.table, {
      get: (target, property) => {
        const method = Reflect.get(target, property) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const isIt = property === 'updateIf' && (args[0] as { pk: string }).pk === never;
          if (isIt && (args[1] as { state: string }).state === 'ready') {
            throw Object.assign(new Error('no'), { name: 'SerializationException' });
          }
          return await method(...args);
        };
      },
    });
    world.results(lines.join('\n'));
    for (let hour = 0; hour < 30; hour += 1) {
      await world.collect({ on });
      world.letPass(3_600);
    }

    expect(world.analysis(0).state).toBe('ready');
    expect(world.analysis(2).state).toBe('ready');
    expect(world.analysis(1)).toMatchObject({
      state: 'failed',
      reason: { code: 'result_missing' },
    });
    expect(world.log.events()).toContain('line_not_settled');
    expect(world.batch().state).toBe('closed');
  });

  it('whose answer is null stays open until there is one', async () => {
    await using world = await startCollectorWorld();
    const line = aResultLine(world.analysis(0), 'the answer');
    world.results(line.replace('"the answer"', 'null'));
    await world.collect();
    expect(world.analysis(0).state).toBe('submitted');

    world.results(line);
    world.letPass(1);
    await world.collect();

    expect(world.analysis(0).result).toEqual({ text: 'the answer' });
  });
});

describe('the end that the provider names', () => {
  it.each(['0001-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z'])(
    '(%s) is believed within reason',
    async (expiresAt) => {
      await using world = await startCollectorWorld();
      await world.table.putAll([{ ...world.batch(), expiresAt }]);
      world.says({ status: 'processing', ready_items: 0, processing_items: 1 });

      await world.collect();
      await pass(world, 1);
      expect(world.analysis(0).state).toBe('submitted');
      await pass(world, 33);

      expect(world.analysis(0).state).toBe('failed');
    },
  );
});

it('is asked once by a thousand analyses that come due, not a thousand times', async () => {
  await using world = await startCollectorWorld({ count: 60 });
  world.results(aResultLine(world.analysis(0), 'x'));
  await world.collect();
  const readings = world.readings();
  world.letPass(60);
  const due = world.analyses.map((_, at) => ({ ...world.analysis(at), dueAt: START }));
  await world.table.putAll(due.filter(({ state }) => state === 'submitted'));

  for (let look = 0; look < 10; look += 1) await world.collectDue();

  expect(world.readings()).toBe(readings);
});

it('leaves the rows of a batch that another collector has closed as that one wrote them', async () => {
  await using world = await startCollectorWorld();
  const line = aResultLine(world.analysis(0), 'x');
  world.says({ status: 'processing', ready_items: 1 });
  world.results(line);
  // While the one reads, the other closes the batch.
  const storeLines: typeof world.archive.storeLines = async (...args) => {
    world.says({ status: 'completed' });
    if (!args[0].endsWith('rows.jsonl.gz')) {
      world.letPass(1);
      await world.collect();
    }
    return await world.archive.storeLines(...args);
  };

  await world.collect({ archive: { storeLines } });

  expect(world.batch().state).toBe('closed');
  const rows = world.archive.objects.get(`batches/${world.batchId}/rows.jsonl.gz`);
  const kept = (await unpackLines(rows?.bytes ?? new Uint8Array())).map((row) =>
    JSON.parse(String(Buffer.from(row))),
  );
  expect(kept).toContainEqual(world.batch());
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
    world.letPass(1);
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

it('does not close while a line could not be put aside: nothing else of it stays open', async () => {
  await using world = await startCollectorWorld({ count: 2 });
  const lines = world.analyses.map((it) => aResultLine(it, 'paid'));
  const { stage, dueAt, dueBy, ...ended } = world.analysis(0);
  await world.table.deleteAll([ended]);
  await world.table.putAll([{ ...ended, state: 'failed' }]);
  world.results(lines.join('\n'));
  const on = {
    ...world.table,
    putAll: async () => {
      throw new Error('the table is away');
    },
  };

  await expect(world.collect({ on })).rejects.toThrow('the table is away');
  expect(world.batch()).toMatchObject({ state: 'active', reason: { code: 'Error' } });
  world.letPass(300);
  await world.collectDue();

  expect(await quarantined(world)).toContain(lines[0]);
  expect(world.batch().state).toBe('closed');
});

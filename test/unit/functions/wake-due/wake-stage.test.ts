import { describe, expect, it } from 'vitest';
import { createStore } from '../../../../shared/store/store.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { aClockWorld } from '../../../support/clock-world.ts';
import { brokenQueue } from '../../../support/fakes.ts';
import { aBatch, anAnalysis, atSecond, aVideo } from '../../../support/rows.ts';

const dueAt = (second: number) => atSecond(second).toISOString();
/** Videos at a stage that is handed row by row, the later ones due later. */
const videosDue = (count: number, by: 'message' | 'clock' = 'clock') =>
  Array.from({ length: count }, (_, at) =>
    aVideo({ key: `${at}.mp4`, dueAt: dueAt(at), dueBy: by }),
  );

describe('what is due', () => {
  it('is handed to its stage, the longest due first, and leased meanwhile', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(3).toReversed());
    world.letPass(10);
    await world.tick();

    const { sent } = world.queues['register-asset'];
    expect(sent.map(({ message }) => message)).toEqual(
      [0, 1, 2].map((at) => ({ pk: `VIDEO#uploads/${at}.mp4`, sk: 'VIDEO', revision: 1 })),
    );
    expect(await world.store.due('register-asset', atSecond(969), 9)).toEqual([]);
    expect(await world.store.due('register-asset', atSecond(970), 9)).toHaveLength(3);
  });

  it('at a moment to come is left alone', async () => {
    const world = aClockWorld();
    await world.table.putAll([aVideo({ dueAt: dueAt(1) })]);
    await world.tick();
    expect(world.queues['register-asset'].sent).toEqual([]);
  });

  it('is handed over once, though two ticks come at once', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(1));
    await Promise.all([world.tick(), world.tick(), world.tick()]);
    expect(world.queues['register-asset'].sent).toHaveLength(1);
  });

  it('comes due again when the tick dies before its message is sent', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(1));
    await expect(
      world.tick({ queues: { ...world.queues, 'register-asset': broken('SQS is away') } }),
    ).rejects.toThrow('SQS is away');
    expect(world.queues['register-asset'].sent).toEqual([]);
    world.letPass(960);
    await world.tick();
    expect(world.queues['register-asset'].sent).toHaveLength(1);
  });

  it('sleeps on, but for a few rows, when SQS takes nothing', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(400));
    world.letPass(500);
    const queues = { ...world.queues, 'register-asset': broken('SQS is away') };
    await expect(world.tick({ queues })).rejects.toThrow('SQS is away');
    world.letPass(60);
    await world.tick();
    expect(world.queues['register-asset'].sent).toHaveLength(350);
  });

  it('is woken behind fifty that can not be written', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(51));
    world.letPass(100);
    const move: typeof world.store.move = async (row, step) => {
      if (!row.pk.endsWith('/50.mp4')) throw new Error('item too large');
      return await world.store.move(row, step);
    };
    await world.tick({ store: { ...world.store, move } });
    expect(world.queues['register-asset'].sent).toHaveLength(1);
  });

  it('at one stage is woken though another stage ails', async () => {
    const world = aClockWorld();
    await world.table.putAll([
      aVideo({ state: 'received', stage: 'accept-upload' }),
      anAnalysis({ state: 'submitted', stage: 'collect-results' }),
    ]);
    const queues = { ...world.queues, 'accept-upload': broken('no such queue') };
    await expect(world.tick({ queues })).rejects.toThrow('no such queue');
    expect(world.queues['collect-results'].sent).toHaveLength(1);
  });

  it('is woken beside a row that can not be moved', async () => {
    const world = aClockWorld();
    const over = aVideo({ key: 'over.mp4', state: 'admitted' });
    await world.table.putAll([over, aVideo({ key: 'a.mp4' }), aVideo({ key: 'b.mp4' })]);
    const move: typeof world.store.move = async (row, step) => {
      if (row.pk.endsWith('/a.mp4')) throw new Error('item too large');
      return await world.store.move(row, step);
    };
    await world.tick({ store: { ...world.store, move } });
    expect(world.queues['register-asset'].sent).toMatchObject([
      { message: { pk: 'VIDEO#uploads/b.mp4' } },
    ]);
    expect(world.log.events()).toContain('row_not_woken');
  });

  it('in a line begins one round, and keeps its place', async () => {
    const world = aClockWorld();
    await world.table.putAll([anAnalysis({ key: 'a' }), anAnalysis({ key: 'b' })]);
    await world.tick();
    expect(world.rounds['submit-batches'].sent).toEqual([
      { message: { round: 'due' }, delaySeconds: 0 },
    ]);
    expect(await world.store.due('submit-batches', atSecond(0), 9)).toHaveLength(2);
  });
});

describe('rows in front that nobody can move', () => {
  it.each([
    ['final', (at: number) => aVideo({ key: `bad-${at}`, state: 'admitted' })],
    ['unreadable', (at: number) => ({ ...aVideo({ key: `bad-${at}` }), state: 'unheard-of' })],
  ])('for they are %s hide nobody behind them, and cost little', async (_, aBadRow) => {
    const world = aClockWorld();
    const good = aVideo({ key: 'good.mp4', dueAt: dueAt(5) });
    await world.table.putAll([...Array.from({ length: 600 }, (_, at) => aBadRow(at)), good]);
    world.letPass(10);
    let queries = 0;
    const query: Table['query'] = async (...args) => {
      queries += 1;
      return await world.table.query(...args);
    };
    const page = async () => ({ items: [] });
    const table = { ...world.table, query, page };
    await world.tick({ store: createStore(table, world.now, world.log), table });
    expect(world.queues['register-asset'].sent).toMatchObject([{ message: { pk: good.pk } }]);
    expect(queries).toBeLessThan(50);
    expect(world.log.lines.length).toBeLessThan(50);
  });
});

describe('a stage that is behind', () => {
  it('is given no more than it has room for', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(800));
    world.letPass(1_000);
    world.queues['register-asset'].waiting = 420;
    await world.tick();
    expect(world.queues['register-asset'].sent).toHaveLength(80);
  });

  it('is left to the messages that it has, and nothing is called lost', async () => {
    const world = aClockWorld();
    await world.table.putAll([
      ...videosDue(3, 'message'),
      aVideo({ key: 'planned', dueBy: 'clock' }),
    ]);
    world.letPass(120);
    world.queues['register-asset'].waiting = 3;
    await world.tick();
    // What no message was sent for is woken beside them.
    expect(world.queues['register-asset'].sent).toMatchObject([
      { message: { pk: 'VIDEO#uploads/planned' } },
    ]);
    world.letPass(960);
    await world.tick();
    expect(world.queues['register-asset'].sent).toHaveLength(4);
    expect(world.of('RowsRescued')).toEqual([]);
  });

  it('is left alone, and what is due stays due', async () => {
    const world = aClockWorld();
    await world.table.putAll(videosDue(3));
    world.letPass(10);
    world.queues['register-asset'].waiting = 500;
    await world.tick();
    expect(world.queues['register-asset'].sent).toEqual([]);
    expect(world.log.events()).toContain('stage_behind');
    expect(await world.store.due('register-asset', world.now(), 9)).toHaveLength(3);
    expect(world.of('RowsRescued')).toEqual([]);
  });
});

describe('a backlog of 100,000', () => {
  it('makes a tick ask for no more, read no more and wake no more than one of 1,000', async () => {
    const [small, large] = [await ticked(1_000), await ticked(100_000)];
    expect(large).toEqual(small);
    expect(large.woken).toBe(500);
  });

  async function ticked(count: number) {
    const world = aClockWorld();
    await world.table.putAll(videosDue(count));
    world.letPass(200_000);
    let queries = 0;
    let read = 0;
    const table: Table = {
      ...world.table,
      query: async (input, limit) => {
        const found = await world.table.query(input, limit);
        queries += 1;
        read += found.length;
        return found;
      },
      // Now and then, and within its own bound, it is counted how many there are.
      count: (input, limit) => world.table.count(input, limit),
    };
    await world.tick({ store: createStore(table, world.now, world.log) });
    return { queries, read, woken: world.queues['register-asset'].sent.length };
  }
});

describe('what only the clock woke', () => {
  it('is counted where a message should have come, and not where none was sent', async () => {
    const world = aClockWorld();
    await world.table.putAll([
      ...videosDue(2, 'message'),
      aVideo({ key: 'planned', dueBy: 'clock' }),
      aBatch(),
    ]);
    world.letPass(10);
    await world.tick();
    expect(world.of('RowsRescued')).toEqual([
      { metric: 'RowsRescued', value: 2, stage: 'register-asset' },
    ]);
  });

  it('is nothing on a day without anything to do: no metric, no message', async () => {
    const world = aClockWorld();
    await world.tick();
    expect(world.measured).toEqual([]);
    expect(world.log.lines).toEqual([]);
  });

  it('counts the round that no message began', async () => {
    const world = aClockWorld();
    await world.store.queueAnalysis(anAnalysis());
    world.letPass(60);
    await world.tick();
    expect(world.of('RowsRescued')).toEqual([]);
    world.letPass(60);
    await world.tick();
    expect(world.of('RowsRescued')).toMatchObject([{ value: 1, stage: 'submit-batches' }]);
  });

  it('is no round that began since the last analysis came', async () => {
    const world = aClockWorld();
    await world.store.queueAnalysis(anAnalysis());
    world.letPass(2);
    await world.beginRound();
    world.letPass(600);
    await world.tick();
    expect(world.of('RowsRescued')).toEqual([]);
  });
});

function broken(message: string) {
  return { ...brokenQueue<never>(message), countMessages: async () => 0 };
}

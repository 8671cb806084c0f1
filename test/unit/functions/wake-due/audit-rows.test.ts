import { describe, expect, it } from 'vitest';
import type { RowKey } from '../../../../shared/store/keys.ts';
import type { Item } from '../../../../shared/store/table.ts';
import { aClockWorld } from '../../../support/clock-world.ts';
import { brokenQueue } from '../../../support/fakes.ts';
import { aBatch, anAnalysis, aVideo, MADE_AT } from '../../../support/rows.ts';

const DAY = 24 * 3_600;

/** The item without these attributes. */
function without<T extends object>(item: T, ...names: readonly (keyof T)[]): Item {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => !names.includes(name as keyof T)),
  );
}

describe('a row that breaks the invariant', () => {
  it.each<[string, Item, string]>([
    ['without a stage', without(aVideo(), 'stage'), 'register-asset'],
    ['without a due time', without(aVideo(), 'dueAt'), 'register-asset'],
    [
      'without both, and of a version without revisions',
      without(aVideo(), 'stage', 'dueAt', 'revision'),
      'register-asset',
    ],
    [
      'of another stage',
      aVideo({ stage: 'admit-asset', dueAt: '2026-10-01T09:00:00.000Z' }),
      'register-asset',
    ],
    ['due at no moment', aVideo({ dueAt: 'soon' }), 'register-asset'],
    ['due in another life', aVideo({ dueAt: '9999-12-31T00:00:00.000Z' }), 'register-asset'],
    ['that is an analysis', without(anAnalysis(), 'dueAt'), 'submit-batches'],
    ['that is a batch', without(aBatch(), 'stage'), 'collect-results'],
  ])('%s is mended, counted, and woken', async (_, item, stage) => {
    const world = aClockWorld();
    await world.table.putAll([item]);
    world.letPass(60);
    await world.tick();
    expect(world.of('RowsMended')).toMatchObject([{ value: 1 }]);
    expect(world.log.events()).toContain('row_mended');
    const [mended] = world.table.all().filter(({ kind }) => kind === item['kind']);
    expect(mended).toMatchObject({ stage, dueAt: MADE_AT.toISOString(), dueBy: 'clock' });

    world.letPass(60);
    await world.tick();
    const { queues, rounds } = world;
    const sent = { ...queues, ...rounds }[stage as keyof typeof queues].sent;
    expect(sent).toHaveLength(1);
  });

  it('for it is over, and waits, waits no more', async () => {
    const world = aClockWorld();
    await world.table.putAll([aVideo({ state: 'admitted' })]);
    await world.tick();
    const [row] = world.table.all().filter(({ kind }) => kind === 'video');
    expect(row).not.toHaveProperty('stage');
    expect(row).not.toHaveProperty('dueAt');
    expect(world.of('RowsMended')).toHaveLength(1);
  });

  it('and is moved by somebody else meanwhile is left to him', async () => {
    const world = aClockWorld();
    const broken = without(anAnalysis(), 'dueAt');
    await world.table.putAll([broken]);
    const table = {
      ...world.table,
      page: async (from?: RowKey) => {
        const found = await world.table.page(from);
        await world.table.putAll([anAnalysis({ revision: 1 })]);
        return found;
      },
    };
    await world.tick({ table });
    expect(world.of('RowsMended')).toEqual([]);
    expect(world.table.all()).toContainEqual(anAnalysis({ revision: 1 }));
  });
});

describe('a row that nobody can read', () => {
  it.each<[string, Item]>([
    ['its state is of another version', { ...aVideo(), state: 'registered' }],
    ['its state is a word of JavaScript', { ...aVideo(), state: 'constructor' }],
    ['something is missing', without(aVideo(), 'etag')],
    ['its kind is missing', without(aVideo(), 'kind')],
    ['its revision is a text', { ...aVideo(), revision: '3' }],
    ['its revision is nothing', { ...without(aVideo(), 'stage'), revision: null }],
    [
      'something is wrong in it though it is final',
      { ...without(aVideo({ state: 'failed' }), 'stage', 'dueAt', 'dueBy'), attempt: 'three' },
    ],
  ])('because %s is counted, told of, and left as it is', async (_, item) => {
    const world = aClockWorld();
    await world.table.putAll([item]);
    await world.tick();
    expect(world.of('RowsUnreadable')).toMatchObject([{ value: 1 }]);
    expect(world.log.lines.filter(({ event }) => event === 'row_unreadable')).not.toEqual([]);
    expect(world.table.all()).toContainEqual(item);
  });
});

describe('a row that is longer in its state than any may be', () => {
  it.each([
    ['a video', aVideo({ state: 'processing', stage: 'admit-asset' }), 31, 'failed'],
    ['an upload', aVideo({ state: 'received', stage: 'accept-upload' }), 31, 'failed'],
    ['an analysis', anAnalysis({ state: 'submitted', stage: 'collect-results' }), 46, 'failed'],
    ['a batch', aBatch(), 46, 'closed'],
  ])('ends, with words that tell why: %s', async (_, row, days, end) => {
    const world = aClockWorld();
    const reason = { code: 'http_503', message: 'the provider was away' };
    await world.table.putAll([{ ...row, reason }]);
    world.letPass((days - 4) * DAY);
    await keepTicking(world, 2 * DAY);
    expect(world.of('RowsOverdue')).toEqual([]);
    await keepTicking(world, 4 * DAY);

    expect(world.of('RowsOverdue')).toMatchObject([{ value: 1 }]);
    const [ended] = world.table.all().filter(({ kind }) => kind === row.kind);
    const words = expect.stringContaining('the provider was away');
    expect(ended).toMatchObject({ state: end, reason: { code: 'stage_overdue', message: words } });
    expect(ended).not.toHaveProperty('dueAt');
  });

  it.each([
    ['for its turn to be uploaded', aVideo({ state: 'waiting', stage: 'schedule-upload' })],
    ['for its batch', anAnalysis()],
  ])('is none that waits %s', async (_, row) => {
    const world = aClockWorld();
    await world.table.putAll([row]);
    world.letPass(400 * DAY);
    await keepTicking(world, 3 * DAY);
    expect(world.of('RowsOverdue')).toEqual([]);
    expect(world.table.all()).toContainEqual(row);
  });

  it('has two days yet when the clock has stood still', async () => {
    const world = aClockWorld();
    await world.table.putAll([aVideo({ state: 'processing', stage: 'admit-asset' })]);
    await world.tick();
    world.letPass(60 * DAY);
    await keepTicking(world, 1.8 * DAY);
    expect(world.of('RowsOverdue')).toEqual([]);
    expect(world.queues['admit-asset'].sent).not.toEqual([]);
    await keepTicking(world, 2 * DAY);
    expect(world.of('RowsOverdue')).toHaveLength(1);
  });
});

it.each([
  [5, false],
  [7, true],
])('the clock has stood still when it did not tick for %i hours: %s', async (hours, stoodStill) => {
  const world = aClockWorld();
  const runningSince = async () =>
    (await world.table.get({ pk: 'MEMORY#clock', sk: 'MEMORY' }))?.['runningSince'];
  await world.tick();
  const before = await runningSince();
  world.letPass(hours * 3_600);
  await world.tick();
  expect((await runningSince()) !== before).toBe(stoodStill);
});

describe('a row at a stage that nobody could wake', () => {
  it('is not ended for it', async () => {
    const world = aClockWorld();
    await world.table.putAll([aVideo({ state: 'processing', stage: 'admit-asset' })]);
    const away = { ...brokenQueue<never>('SQS is away'), countMessages: async () => 0 };
    const queues = { ...world.queues, 'admit-asset': away };
    for (let hours = 0; hours < 40 * 24; hours += 5) {
      world.letPass(5 * 3_600);
      await world.tick({ queues }).catch(() => {});
    }
    expect(world.of('RowsOverdue')).toEqual([]);
  });
});

describe('a pass', () => {
  it('goes on where the last tick stopped, sees every row, and begins anew after a day', async () => {
    const world = aClockWorld();
    const broken = Array.from({ length: 230 }, (_, at) =>
      without(aVideo({ key: `${at}.mp4` }), 'dueAt'),
    );
    await world.table.putAll(broken);
    let ticks = 0;
    for (; world.of('RowsMended').length < 230; ticks++) {
      world.letPass(60);
      await world.tick({ queues: noRoom(world) });
    }
    expect(ticks).toBeGreaterThan(2);

    await world.table.putAll(broken.slice(0, 1));
    for (let minute = ticks; minute < 24 * 60 - 1; minute++) {
      world.letPass(60);
      await world.tick({ queues: noRoom(world) });
    }
    expect(world.of('RowsMended')).toHaveLength(230);
    for (let tick = 0; tick < 10; tick++) {
      world.letPass(60);
      await world.tick({ queues: noRoom(world) });
    }
    expect(world.of('RowsMended')).toHaveLength(231);
  });

  it('goes on past a row that can not be written', async () => {
    const world = aClockWorld();
    const broken = [0, 1, 2].map((at) => without(aVideo({ key: `${at}.mp4` }), 'dueAt'));
    await world.table.putAll(broken);
    const updateIf: typeof world.table.updateIf = async (key, ...others) => {
      if (key.pk.endsWith('/1.mp4')) throw new Error('item too large');
      return await world.table.updateIf(key, ...others);
    };
    await world.tick({ table: { ...world.table, updateIf } });
    expect(world.of('RowsMended')).toHaveLength(2);
    expect(world.of('RowsUnreadable')).toHaveLength(1);
    expect(world.log.events()).toContain('row_not_mended');
  });

  it('that can not be read keeps nobody asleep, and is tried again', async () => {
    const world = aClockWorld();
    await world.table.putAll([aVideo(), without(anAnalysis(), 'dueAt')]);
    const page = async () => {
      throw new Error('throttled');
    };
    await expect(world.tick({ table: { ...world.table, page } })).rejects.toThrow('throttled');
    expect(world.queues['register-asset'].sent).toHaveLength(1);
    expect(await world.table.get({ pk: 'MEMORY#clock', sk: 'MEMORY' })).toHaveProperty('tickedAt');
    await world.tick();
    expect(world.of('RowsMended')).toHaveLength(1);
  });
});

/** Lets time pass with a clock that runs, if slowly. */
async function keepTicking(world: ReturnType<typeof aClockWorld>, seconds: number) {
  const HOURS = 5 * 3_600;
  for (let passed = 0; passed < seconds; passed += HOURS) {
    world.letPass(HOURS);
    await world.tick();
  }
}

/** Queues that take no row, so that what was mended stays as it was mended. */
function noRoom({ queues }: ReturnType<typeof aClockWorld>) {
  queues['register-asset'].waiting = 500;
  return queues;
}

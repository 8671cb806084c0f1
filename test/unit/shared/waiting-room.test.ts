import { describe, expect, it } from 'vitest';
import type { RowDue } from '../../../shared/messages.ts';
import { MAX_DELAY_SECONDS, type Queue } from '../../../shared/queue.ts';
import type { Row } from '../../../shared/store/row-reader.ts';
import type { Move } from '../../../shared/store/store.ts';
import type { Video } from '../../../shared/video.ts';
import {
  createWaitingRoom,
  isDue,
  isHandedOver,
  later,
  longerEachTime,
  rowDueOf,
  type Step,
} from '../../../shared/waiting-room.ts';
import { brokenQueue, fakeLog, fakeQueue } from '../../support/fakes.ts';
import { atSecond, aVideo, MADE_AT } from '../../support/rows.ts';

describe('a move to a state that waits', () => {
  it('is written first, and only then wakes the stage that the row waits for', async () => {
    const room = openRoom();
    await room.move({ to: 'processing', inSeconds: 2 });
    expect(room.order).toEqual(['write', 'send']);
  });

  it('sends the row with the revision that it now has, and the delay', async () => {
    const room = openRoom();
    const moved = await room.move({ to: 'processing', inSeconds: 30 });
    expect(moved).toMatchObject({ state: 'processing', revision: 1 });
    expect(room.queue.sent).toEqual([
      { message: { pk: room.video.pk, sk: room.video.sk, revision: 1 }, delaySeconds: 30 },
    ]);
  });

  it.each<[string, Step<Video>, number, 'message' | 'clock']>([
    ['the delay and the grace of a message', { to: 'processing', inSeconds: 30 }, 120, 'message'],
    ['the grace alone when it is not to wait', { to: 'processing', inSeconds: 0 }, 90, 'message'],
    [
      'the longest delay of SQS and the grace',
      { to: 'processing', inSeconds: 900 },
      990,
      'message',
    ],
    [
      'the delay alone when SQS can not hold it',
      { to: 'processing', inSeconds: 901 },
      901,
      'clock',
    ],
    [
      'the delay alone when left to the clock',
      { to: 'processing', inSeconds: 30, by: 'clock' },
      30,
      'clock',
    ],
    [
      'a moment gone by when it keeps its place',
      { to: 'processing', inSeconds: -60, by: 'clock' },
      -60,
      'clock',
    ],
  ])('is due after %s', async (_, step, dueInSeconds, by) => {
    const room = openRoom();
    await room.move(step);
    expect(room.written).toMatchObject([{ due: { at: atSecond(dueInSeconds), by } }]);
    expect(room.queue.sent).toHaveLength(by === 'message' ? 1 : 0);
  });

  it('asks SQS for no more than it holds, nor for less than it was told', async () => {
    for (const inSeconds of [0, 0.4, 1.6, 899.9, MAX_DELAY_SECONDS]) {
      const room = openRoom();
      await room.move({ to: 'processing', inSeconds });
      expect(room.queue.sent[0]?.delaySeconds).toBeCloseTo(inSeconds, 3);
    }
  });

  it('leaves the message to others when this function has no queue of the stage', async () => {
    const room = openRoom({ hasQueue: false });
    await expect(room.move({ to: 'processing', inSeconds: 2 })).resolves.toBeDefined();
    expect(room.order).toEqual(['write']);
  });

  it('stands though the queue fails: the clock will wake the row', async () => {
    const room = openRoom({ queue: brokenQueue('SQS is away') });
    await expect(room.move({ to: 'processing', inSeconds: 2 })).resolves.toMatchObject({
      state: 'processing',
    });
    expect(room.log.lines.at(-1)).toMatchObject({
      level: 'warn',
      event: 'wake_lost',
      facts: {
        video: room.video.pk.slice('VIDEO#'.length),
        stage: 'admit-asset',
        error: 'SQS is away',
      },
    });
  });

  it('passes on what is to be set, and nothing when there is nothing', async () => {
    const room = openRoom();
    await room.move({ to: 'processing', inSeconds: 2, set: { assetId: 'a', slotAt: undefined } });
    await room.move({ to: 'processing', inSeconds: 2 });
    expect(room.written[0]?.set).toStrictEqual({ assetId: 'a', slotAt: undefined });
    expect(room.written[1]).not.toHaveProperty('set');
  });
});

describe('a move to a final state', () => {
  it('has no due time and wakes nobody', async () => {
    const room = openRoom();
    const moved = await room.move({ to: 'rejected', set: { reason: { code: 'a', message: 'b' } } });
    expect(moved).toMatchObject({ state: 'rejected', reason: { code: 'a' } });
    expect(room.written).toEqual([
      { to: 'rejected', set: { reason: { code: 'a', message: 'b' } } },
    ]);
    expect(room.order).toEqual(['write']);
  });
});

describe('a move that somebody else was faster with', () => {
  it('answers undefined and sends nothing, for it is nobody’s fault', async () => {
    const room = openRoom({ isLost: true });
    await expect(room.move({ to: 'processing', inSeconds: 2 })).resolves.toBeUndefined();
    expect(room.order).toEqual(['write']);
    expect(room.log.lines).toMatchObject([{ level: 'info', event: 'move_lost_to_another' }]);
  });
});

describe('a write that fails', () => {
  it('throws, and sends nothing', async () => {
    const room = openRoom({ fails: new Error('throttled') });
    await expect(room.move({ to: 'processing', inSeconds: 2 })).rejects.toThrow('throttled');
    expect(room.order).toEqual(['write']);
  });
});

describe('a row', () => {
  const row = aVideo({ revision: 3, dueAt: atSecond(60).toISOString() });
  const message = rowDueOf(row);

  it.each<[string, Row, RowDue, number, boolean]>([
    ['that nobody moved since the message', row, message, 0, true],
    ['that moved on, before it is due', row, { ...message, revision: 2 }, 59, false],
    ['that moved on, but is due all the same', row, { ...message, revision: 2 }, 60, true],
    ['that waits for another stage', { ...row, stage: 'admit-asset' }, message, 60, false],
    ['that is final', final(row), message, 60, false],
    ['that went back behind the message', row, { ...message, revision: 9 }, 0, false],
  ])('%s at second %4$d is handed over: %5$s', (_, found, handed, second, expected) => {
    expect(isHandedOver(found, 'register-asset', handed, atSecond(second))).toBe(expected);
  });

  it.each([
    [59.999, false],
    [60, true],
    [61, true],
  ])('due at second 60 is due at second %d: %s', (second, expected) => {
    expect(isDue(row, atSecond(second))).toBe(expected);
  });

  it('without a due time is never due', () => {
    expect(isDue(final(row), atSecond(1e9))).toBe(false);
  });

  it('is named to its stage by key and revision alone', () => {
    expect(rowDueOf(row)).toStrictEqual({ pk: row.pk, sk: row.sk, revision: 3 });
  });
});

it('adds seconds to a moment, parts of them too', () => {
  expect(later(MADE_AT, 1.5)).toEqual(new Date('2026-10-01T00:00:01.500Z'));
});

interface RoomOptions {
  readonly isLost?: boolean;
  readonly fails?: Error;
  readonly hasQueue?: boolean;
  readonly queue?: Queue<RowDue>;
}

/** A waiting room with a video in it, at a clock that stands still. */
function openRoom({ isLost, fails, hasQueue = true, queue }: RoomOptions = {}) {
  const video = aVideo();
  const order: string[] = [];
  const written: Move<Row>[] = [];
  const kept = fakeQueue<RowDue>();
  const log = fakeLog();
  const target = queue ?? kept;
  const room = createWaitingRoom({
    store: {
      move: async (from, move) => {
        order.push('write');
        if (fails) throw fails;
        written.push(move as Move<Row>);
        return isLost ? undefined : afterMove(from, move);
      },
    },
    queues: hasQueue
      ? {
          'admit-asset': {
            send: async (...args) => {
              order.push('send');
              await target.send(...args);
            },
          },
        }
      : {},
    now: () => MADE_AT,
    log,
  });
  return {
    video,
    order,
    written,
    queue: kept,
    log,
    move: (step: Step<Video>) => room.move(video, step),
  };
}

function afterMove<R extends Row>(from: R, { to, due, set }: Move<R>): R {
  const waits = due && { stage: 'admit-asset', dueAt: due.at.toISOString(), dueBy: due.by };
  const { stage: _, dueAt: __, dueBy: ___, ...rest } = from;
  return { ...rest, ...set, ...waits, state: to, revision: from.revision + 1 } as R;
}

function final(row: Video): Video {
  const { stage: _, dueAt: __, dueBy: ___, ...rest } = row;
  return { ...rest, state: 'rejected' };
}

describe('what is waited for longer each time', () => {
  const bounds = { least: 2, most: 300 };

  it.each([
    [-5, 2],
    [0, 2],
    [4, 2],
    [10, 5],
    [600, 300],
    [86_400, 300],
  ])('is, after %d s, looked for in %d s', (waited, seconds) => {
    expect(longerEachTime(waited, bounds)).toBe(seconds);
  });

  it('is found within half again of the time it took, in few looks', () => {
    const looks = [0];
    for (let at = 0; at < 3_600; looks.push(at)) at += longerEachTime(at, bounds);
    for (let readyAt = 4; readyAt <= 3_600; readyAt++) {
      const foundAt = looks.find((at) => at >= readyAt) ?? Infinity;
      expect(foundAt).toBeLessThanOrEqual(1.5 * readyAt);
    }
    expect(looks.length).toBeLessThan(30);
  });
});

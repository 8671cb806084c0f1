import { describe, expect, it } from 'vitest';
import { uploadChunks } from '../../../../functions/upload-chunks/upload-chunks.ts';
import type { Store } from '../../../../shared/store/store.ts';
import type { Video } from '../../../../shared/video.ts';
import { atSecond } from '../../../support/rows.ts';
import { CHUNKS, NOW, startUpload } from '../../../support/start-upload.ts';

type Bench = Awaited<ReturnType<typeof startUpload>>;

const LATER = atSecond(NOW + 1).toISOString();
const elsewhere = { pk: 'VIDEO#uploads/away.mp4', sk: 'VIDEO', revision: 0 };
const away = { messageId: 'away', message: elsewhere };

describe('a message', () => {
  it.each<[string, Partial<Video>]>([
    ['that waits for another stage', { state: 'processing', stage: 'admit-asset' }],
    ['that has ended', { state: 'failed', stage: undefined, dueAt: undefined } as Partial<Video>],
    ['that somebody has moved since, and that is not due', { revision: 1, dueAt: LATER }],
  ])('for a row %s is ignored', async (_, fields) => {
    const bench = await startUpload({ video: fields });
    const before = await bench.row();
    const message = { ...bench.delivery.message, revision: 0 };
    const decoded = [{ ...bench.delivery, message }];
    expect(await uploadChunks({ decoded, malformed: [] }, bench.deps)).toEqual([]);
    expect(await bench.row()).toEqual(before);
    expect(bench.looks).toEqual([]);
    expect(bench.wakes()).toEqual([]);
    expect(bench.log.lines).toMatchObject([{ event: 'message_ignored', facts: message }]);
  });

  it('for a row that is not there is ignored', async () => {
    const bench = await startUpload();
    expect(await uploadChunks({ decoded: [away], malformed: [] }, bench.deps)).toEqual([]);
    expect(bench.log.lines).toMatchObject([{ event: 'message_ignored', facts: elsewhere }]);
  });

  it('behind its row is followed once the row is due: whoever held it is gone', async () => {
    const dueAt = atSecond(NOW).toISOString();
    const bench = await startUpload({ video: { revision: 5, dueAt } });
    const decoded = [{ ...bench.delivery, message: { ...bench.delivery.message, revision: 4 } }];
    await uploadChunks({ decoded, malformed: [] }, bench.deps);
    expect(await bench.row()).toMatchObject({ state: 'processing', revision: 7 });
  });

  it.each([
    ['processing', 900],
    ['uploading', 0],
  ])('that comes again after its video went on as %s does nothing', async (state, left) => {
    const bench = await startUpload({ secondsLeft: [left] });
    await bench.deliver();
    const before = await bench.row();
    expect(before).toMatchObject({ state });
    const looks = bench.looks.length;
    expect(await bench.deliver()).toEqual([]);
    expect(await bench.row()).toEqual(before);
    expect(bench.looks).toHaveLength(looks);
    expect(bench.wakes()).toHaveLength(1);
  });

  it('that comes twice at once is followed by one of the two', async () => {
    const bench = await startUpload();
    const { promise: bothHaveRead, resolve } = Promise.withResolvers<void>();
    let reads = 0;
    const read: Store['read'] = async (key) => {
      const row = await bench.store.read(key);
      reads += 1;
      if (reads === 2) resolve();
      await bothHaveRead;
      return row;
    };
    const store = { read };
    expect(await Promise.all([bench.deliver({ store }), bench.deliver({ store })])).toEqual([
      [],
      [],
    ]);
    expect(bench.puts).toHaveLength(CHUNKS);
    expect(bench.wakes()).toHaveLength(1);
    expect(bench.log.events()).toContain('move_lost_to_another');
    expect(await bench.row()).toMatchObject({ state: 'processing', revision: 2 });
  });
});

describe('of several messages', () => {
  it('one whose row can not be read is returned, and the others go on', async () => {
    const bench = await startUpload();
    const read: Store['read'] = async (key) => {
      if (key.pk === elsewhere.pk) throw new Error('throttled');
      return await bench.store.read(key);
    };
    const decoded = [away, bench.delivery];
    const failed = await uploadChunks(
      { decoded, malformed: [] },
      { ...bench.deps, store: { read } },
    );
    expect(failed).toEqual(['away']);
    expect(await bench.row()).toMatchObject({ state: 'processing' });
    expect(bench.log.lines[0]).toMatchObject({
      level: 'error',
      event: 'upload_failed',
      facts: { messageId: 'away', error: 'throttled' },
    });
  });

  it('those of a shape that nobody sends are returned, and the others go on', async () => {
    const bench = await startUpload();
    const decoded = [bench.delivery];
    const failed = await uploadChunks({ decoded, malformed: ['odd', 'odder'] }, bench.deps);
    expect(failed).toEqual(['odd', 'odder']);
    expect(await bench.row()).toMatchObject({ state: 'processing' });
  });

  it('those that fail are returned beside those of a shape that nobody sends', async () => {
    const bench = await startUpload();
    const store = { read: () => Promise.reject(new Error('throttled')) };
    const deliveries = { decoded: [bench.delivery, away], malformed: ['odd'] };
    const failed = await uploadChunks(deliveries, { ...bench.deps, store });
    expect(failed.toSorted()).toEqual(['away', 'odd', 'upload-due']);
  });
});

describe('a move that can not be written', () => {
  /** The waiting room, but the move of this number fails. */
  const failing = (number: number, { waitingRoom }: Bench): Bench['waitingRoom'] => {
    let moves = 0;
    return {
      move: async (row, step) => {
        moves += 1;
        if (moves === number) throw new Error('throttled');
        return await waitingRoom.move(row, step);
      },
    };
  };

  it.each([
    ['before anything is asked', 1, 0],
    ['after all was sent', 2, 2],
  ])('%s has its message returned', async (_, number, looks) => {
    const bench = await startUpload();
    expect(await bench.deliver({ waitingRoom: failing(number, bench) })).toEqual(['upload-due']);
    expect(bench.looks).toHaveLength(looks);
    expect(await bench.row()).toMatchObject({ state: 'uploading', revision: number - 1 });
  });

  it('after all was sent is made up for once the row is due, and nothing is sent again', async () => {
    const bench = await startUpload();
    await bench.deliver({ waitingRoom: failing(2, bench) });
    bench.at(NOW + 959);
    expect(await bench.deliver()).toEqual([]);
    expect(await bench.row()).toMatchObject({ state: 'uploading', revision: 1 });
    bench.at(NOW + 960);
    expect(await bench.deliver()).toEqual([]);
    expect(await bench.row()).toMatchObject({ state: 'processing', revision: 3 });
    expect(bench.puts).toHaveLength(CHUNKS);
  });
});

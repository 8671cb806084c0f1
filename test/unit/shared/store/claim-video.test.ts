import { describe, expect, it } from 'vitest';
import { createStore } from '../../../../shared/store/store.ts';
import type { Upload, Video } from '../../../../shared/video.ts';
import { fakeLog } from '../../../support/fakes.ts';
import { anUpload, atSecond } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const due = { at: atSecond(120), by: 'message' } as const;
const upload = (etag: string, sequencer: string): Upload => anUpload({ etag, sequencer });

async function aStore() {
  const store = createStore(await startTable(), () => atSecond(0), fakeLog());
  const rowOf = async ({ pk, sk }: Video) => (await store.read({ pk, sk })) as Video;
  return { store, rowOf };
}

/** Every order of `all`. */
function orders<T>(all: readonly T[]): T[][] {
  if (all.length === 0) return [[]];
  return all.flatMap((first, at) => orders(all.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

describe('uploads of one key', () => {
  const uploads = [upload('a', '1'), upload('b', '2'), upload('c', '3')];

  it.each(orders(uploads).map((order) => [order.map(({ etag }) => etag).join(), order] as const))(
    'entered as %s, each twice, leave the newest',
    async (_, order) => {
      const { store, rowOf } = await aStore();
      const claims = [];
      for (const each of [...order, ...order]) claims.push(await store.claimVideo(each, due));
      const first = claims.find((claim) => claim !== undefined);
      expect(await rowOf(first as Video)).toMatchObject({ etag: 'c', sequencer: '3' });
      // What was claimed once is claimed by nobody else.
      expect(claims.slice(3)).toEqual([undefined, undefined, undefined]);
    },
  );

  it('entered by many at once are claimed by one', async () => {
    const { store } = await aStore();
    const claims = Array.from({ length: 20 }, () => store.claimVideo(upload('a', '1'), due));
    expect((await Promise.all(claims)).filter((claim) => claim !== undefined)).toHaveLength(1);
  });
});

describe('the same bytes dropped anew', () => {
  it('are judged by whoever comes last, while they are still to be judged', async () => {
    const { store } = await aStore();
    const first = (await store.claimVideo(upload('a', '1'), due)) as Video;
    const again = await store.claimVideo(upload('a', '2'), due);
    expect(again).toMatchObject({ state: 'received', sequencer: '2', revision: 1 });
    // Whatever the first would decide is called off.
    expect(await store.move(first, { to: 'rejected' })).toBeUndefined();
    expect(await store.move(again as Video, { to: 'waiting', due })).toBeDefined();
  });

  it('call off that their row was found to be replaced, and start nothing anew', async () => {
    const { store, rowOf } = await aStore();
    const received = (await store.claimVideo(upload('a', '1'), due)) as Video;
    const waiting = (await store.move(received, { to: 'waiting', due })) as Video;
    const registering = (await store.move(waiting, { to: 'registering', due })) as Video;
    expect(await store.claimVideo(upload('a', '3'), due)).toBeUndefined();
    expect(await store.move(registering, { to: 'rejected' })).toBeUndefined();
    expect(await rowOf(received)).toMatchObject({ state: 'registering', sequencer: '3' });
  });

  it('change nothing when they are late, and only say so where nobody reads them from S3', async () => {
    const { store, rowOf } = await aStore();
    const received = (await store.claimVideo(upload('a', '5'), due)) as Video;
    expect(await store.claimVideo(upload('a', '4'), due)).toBeUndefined();
    const waiting = (await store.move(received, { to: 'waiting', due })) as Video;
    expect(await store.claimVideo(upload('a', '6'), due)).toBeUndefined();
    expect(await rowOf(received)).toEqual({ ...waiting, newestSequencer: '6' });
  });

  it.each(['waiting', 'processing', 'admitted'] as const)(
    'keep away, once they are %s, the late event of what lay there in between',
    async (state) => {
      const { store, rowOf } = await aStore();
      let row = (await store.claimVideo(upload('a', '1'), due)) as Video;
      for (const to of ['waiting', 'registering', 'processing', 'admitted'] as const) {
        if (row.state === state) break;
        row = (await store.move(row, to === 'admitted' ? { to } : { to, due })) as Video;
      }
      expect(await store.claimVideo(upload('a', '3'), due)).toBeUndefined();
      expect(await store.claimVideo(upload('b', '2'), due)).toBeUndefined();
      expect(await rowOf(row)).toMatchObject({ state, etag: 'a', sequencer: '1' });
      expect(await store.claimVideo(upload('b', '4'), due)).toMatchObject({ etag: 'b' });
    },
  );

  it('are another try where the last one ended without success', async () => {
    const { store } = await aStore();
    const received = (await store.claimVideo(upload('a', '1'), due)) as Video;
    await store.move(received, { to: 'rejected' });
    expect(await store.claimVideo(upload('a', '1'), due)).toBeUndefined();
    const again = await store.claimVideo(upload('a', '2'), due);
    expect(again).toMatchObject({ state: 'received', revision: 0, attempt: 0 });
  });
});

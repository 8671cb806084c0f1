import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  type RegisterAssetsDeps,
  registerAssets,
} from '../../../../functions/register-asset/register-asset.ts';
import type { AssetForm } from '../../../../shared/twelvelabs/asset-form.ts';
import { ProviderRefusedError, ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { Asset } from '../../../../shared/twelvelabs/schemas.ts';
import type { Video } from '../../../../shared/video.ts';
import type { Step } from '../../../../shared/waiting-room.ts';
import { fakeLog, fakeQueue } from '../../../support/fakes.ts';
import { atSecond, aVideo } from '../../../support/rows.ts';

const NOW = 100;
const NAME = 'goals.mp4';

interface World {
  readonly video?: Partial<Video>;
  /** What POST /assets does; answers with an asset when left out. */
  readonly create?: () => Promise<Asset>;
  readonly made?: Asset;
  readonly etag?: string | undefined;
  readonly denied?: boolean;
  /** How long S3 takes to answer. */
  readonly s3Seconds?: number;
  readonly isPaused?: boolean;
  readonly sizeBytes?: number;
  readonly isTableAway?: boolean;
  readonly route?: 'url' | 'direct';
}

/** One video whose message has come, in a world as described; what was done with it. */
async function register(world: World = {}) {
  const { etag = 'etag-1', sizeBytes = 1_000, route = 'url' } = world;
  const video = aVideo({ slotAt: atSecond(NOW).toISOString(), ...world.video });
  const steps: Step<Video>[] = [];
  const forms: AssetForm[] = [];
  const pauses: (number | undefined)[] = [];
  const looks: string[] = [];
  const notes: string[] = [];
  let second = NOW;
  const unused = () => Promise.reject(new Error('not asked for'));
  const deps: RegisterAssetsDeps = {
    provider: {
      createAsset: async (form) => {
        forms.push(form);
        return await (world.create?.() ??
          Promise.resolve({ _id: 'asset-1', status: 'processing' }));
      },
      createMultipartUpload: async () => ({
        assetId: 'asset-2',
        uploadId: 'upload-1',
        chunkBytes: 10,
        chunkCount: 3,
      }),
      findAsset: async (filename) => {
        looks.push(filename);
        return world.made;
      },
    },
    store: { read: async () => video, due: unused, readMany: unused },
    waitingRoom: {
      move: async (row, step) => {
        steps.push(step as Step<Video>);
        return { ...row, ...step.set, state: step.to } as typeof row;
      },
    },
    schedule: {
      countFree: async () => 0,
      take: unused,
      isPaused: async () => world.isPaused ?? false,
      pushBack: async (seconds) => {
        pauses.push(seconds);
      },
      giveBack: async () => {
        notes.push('given back');
      },
      noteFailure: async () => {
        notes.push('failure');
      },
      noteSuccess: async () => {
        if (world.isTableAway) throw new Error('throttled');
        notes.push('success');
      },
    },
    objects: {
      head: async () => {
        second += world.s3Seconds ?? 0;
        if (world.denied) throw Object.assign(new Error('no right'), { name: 'AccessDenied' });
        return 'etag' in world && world.etag === undefined ? undefined : { etag, sizeBytes };
      },
      openStream: async () => Readable.from(['bytes']),
      presign: async () => 'https://uploads.example/presigned',
    },
    scheduledUploads: fakeQueue(),
    lease: unused,
    route,
    chunksAboveBytes: 1_000,
    now: () => atSecond(second),
    log: fakeLog(),
  };
  const { pk, sk, revision } = video;
  const delivery = { messageId: 'turn', message: { pk, sk, revision } };
  const failed = await registerAssets({ decoded: [delivery], malformed: [] }, deps);
  expect(failed).toEqual([]);
  return { steps, last: steps.at(-1), forms, pauses, looks, notes, videoId: video.videoId };
}

const refuse = (status: number, code: string, retryAfter?: number) => () =>
  Promise.reject(new ProviderRefusedError(status, code, 'words', retryAfter));
const silent = () => Promise.reject(new ProviderSilentError('no answer'));

describe('a turn', () => {
  it.each([
    [0, true],
    [3, true],
    [-1, true],
    [3.1, false],
    [-1.1, false],
  ])('%d s late is used: %s', async (late, isUsed) => {
    const slotAt = atSecond(NOW - late).toISOString();
    const { forms, last } = await register({ video: { slotAt } });
    expect(forms).toHaveLength(isUsed ? 1 : 0);
    expect(last).toMatchObject({ to: isUsed ? 'processing' : 'waiting' });
  });

  it.each<[string, World]>([
    ['that was never given', { video: { slotAt: undefined } as Partial<Video> }],
    ['for which the provider wants peace', { isPaused: true }],
  ])('%s is not used, and the video keeps its place in line', async (_, world) => {
    const uploadedAt = atSecond(-7_200).toISOString();
    const { steps, forms } = await register({ ...world, video: { ...world.video, uploadedAt } });
    expect(forms).toEqual([]);
    const place = { to: 'waiting', inSeconds: -7_200 - NOW, set: { slotAt: undefined } };
    expect(steps).toEqual([place]);
  });
});

describe('a video', () => {
  it('is registered under its own name, once its try is written down', async () => {
    const { steps, forms, looks, videoId } = await register();
    expect(steps).toMatchObject([
      { to: 'registering', inSeconds: 300, by: 'clock', set: { attempt: 1, slotAt: undefined } },
      { to: 'processing', inSeconds: 2, set: { assetId: 'asset-1', reason: undefined } },
    ]);
    expect(forms).toEqual([
      {
        filename: `${videoId}.mp4`,
        userMetadata: { s3_uri: `s3://uploads/football/${NAME}` },
        source: { url: 'https://uploads.example/presigned' },
      },
    ]);
    expect(looks).toEqual([]);
  });

  it('that the provider took has its asset, even if that can not be noted in the schedule', async () => {
    const { last, notes } = await register({ isTableAway: true });
    expect(last).toMatchObject({ to: 'processing', set: { assetId: 'asset-1' } });
    expect(notes).toEqual([]);
  });

  it('is looked for by its name before a second try, and adopted', async () => {
    const made = { _id: 'asset-0', status: 'processing' };
    const { forms, looks, last, videoId } = await register({ video: { attempt: 1 }, made });
    expect(looks).toEqual([`${videoId}.mp4`]);
    expect(forms).toEqual([]);
    expect(last).toMatchObject({ to: 'processing', set: { assetId: 'asset-0' } });
  });

  it('that was not found is registered by its second try', async () => {
    const { forms, last } = await register({ video: { attempt: 1 } });
    expect(forms).toHaveLength(1);
    expect(last).toMatchObject({ to: 'processing', set: { assetId: 'asset-1' } });
  });

  it.each([
    ['url', 1_000, 'processing'],
    ['url', 1_001, 'uploading'],
    ['direct', 1_000, 'processing'],
    ['direct', 1_001, 'uploading'],
  ] as const)('by %s of %d bytes goes on as %s', async (route, sizeBytes, to) => {
    const { last, forms } = await register({ route, sizeBytes });
    expect(last).toMatchObject({ to });
    expect(forms.map(({ source }) => Object.keys(source)[0])).toEqual(
      to === 'uploading' ? [] : [route === 'url' ? 'url' : 'stream'],
    );
  });

  it.each([
    ['object_gone', undefined],
    ['object_replaced', 'etag-2'],
  ])('is rejected as %s, and the provider is not asked', async (code, etag) => {
    const { last, forms } = await register({ etag });
    expect(last).toMatchObject({ to: 'rejected', set: { reason: { code } } });
    expect(forms).toEqual([]);
  });

  it('that S3 does not let us read waits with the reason, longer each time, and gives its moment back', async () => {
    const { last, notes } = await register({ denied: true });
    const reason = { code: 'AccessDenied', message: 'no right' };
    expect(last).toMatchObject({ to: 'registering', inSeconds: 60, set: { reason } });
    expect(notes).toEqual(['given back']);
    const { last: later } = await register({ denied: true, video: { attempt: 3 } });
    expect(later).toMatchObject({ inSeconds: 480 });
  });

  it('whose moment passed while S3 was asked stands in line again, and no try is used up', async () => {
    const { last, forms, notes } = await register({ s3Seconds: 5 });
    expect(forms).toEqual([]);
    expect(last).toMatchObject({ to: 'waiting', set: { attempt: 0 } });
    expect(notes).toEqual(['given back']);
  });
});

describe('an answer that is', () => {
  it.each([
    ['none', silent],
    ['a 500', refuse(500, 'internal')],
    ['a 503', refuse(503, 'busy')],
  ])('%s may hide an asset: the try counts, and the next one looks', async (_, create) => {
    const { last, pauses, notes } = await register({ create });
    expect(last).toMatchObject({ to: 'registering', inSeconds: 60 });
    expect(last?.set).not.toHaveProperty('attempt');
    expect(pauses).toEqual([]);
    expect(notes).toEqual(['failure']);
  });

  it('a 503 that asks for time has it', async () => {
    const { last, pauses, notes } = await register({ create: refuse(503, 'busy', 200) });
    expect(last).toMatchObject({ to: 'registering', inSeconds: 200 });
    expect(pauses).toEqual([200]);
    expect(notes).toEqual([]);
  });

  it('none, time and again, is waited for longer, up to an hour, for about a day', async () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 29; attempt++) {
      const { last } = await register({ create: silent, video: { attempt } });
      waits.push(last?.inSeconds ?? Number.NaN);
    }
    expect(waits.slice(0, 8)).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    expect(waits.reduce((sum, wait) => sum + wait, 0) / 3_600).toBeCloseTo(24, -1);
    const { last } = await register({ create: silent, video: { attempt: 29 } });
    expect(last).toMatchObject({ to: 'failed', set: { reason: { code: 'provider_silent' } } });
  });

  it('a 400 ends the video in the provider’s words', async () => {
    const { last } = await register({ create: refuse(400, 'parameter_invalid') });
    const reason = { code: 'parameter_invalid', message: 'words' };
    expect(last).toMatchObject({ to: 'rejected', set: { reason } });
  });

  it.each([
    ['a 429', refuse(429, 'too_many_requests', 30), 30],
    ['a 429 that does not say for how long', refuse(429, 'too_many_requests'), undefined],
    ['a 401', refuse(401, 'api_key_invalid'), 300],
  ])('%s holds up the line, in which the video keeps its place', async (_, create, pause) => {
    const { last, pauses } = await register({ create });
    expect(pauses).toEqual([pause]);
    expect(last).toMatchObject({ to: 'waiting', inSeconds: -NOW, set: { attempt: 0 } });
  });

  it('the same 429 once more lets others go first', async () => {
    const reason = { code: 'too_many_requests', message: 'words' };
    const create = refuse(429, 'too_many_requests', 30);
    const { last, pauses } = await register({ create, video: { reason } });
    expect(pauses).toEqual([30]);
    expect(last).toMatchObject({ to: 'registering', inSeconds: 60, set: { attempt: 0 } });
  });

  it('a 403 may be about this video alone: it counts, and holds up nobody else', async () => {
    const { last, pauses, notes } = await register({ create: refuse(403, 'api_not_allowed') });
    expect(pauses).toEqual([]);
    expect(notes).toEqual([]);
    expect(last).toMatchObject({ to: 'registering', inSeconds: 60 });
    expect(last?.set).not.toHaveProperty('attempt');
  });
});

it('gives up a video whose tries came to no end', async () => {
  const { steps, forms } = await register({ video: { attempt: 30 } });
  expect(forms).toEqual([]);
  expect(steps).toMatchObject([
    { to: 'failed', set: { reason: { code: 'registration_unfinished' } } },
  ]);
});

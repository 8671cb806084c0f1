import * as fc from 'fast-check';
import {
  AdtsOutputFormat,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  MpegTsOutputFormat,
  OggOutputFormat,
  type OutputFormat,
  WebMOutputFormat,
} from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { readHeader } from '../../../../functions/accept-upload/read-header.ts';
import type { VideoFacts } from '../../../../shared/video-limits.ts';
import { box, movieHeader, track } from '../../../support/film-parts.ts';
import {
  type FilmOptions,
  LANDSCAPE,
  PORTRAIT,
  SQUARE,
  writeFilm,
} from '../../../support/films.ts';
import { headerOf, readBounded } from '../../../support/read-bounded.ts';
import { sparseObject } from '../../../support/sparse-object.ts';

const PORTRAIT_FACTS = { durationSeconds: 12, widthPixels: 360, heightPixels: 640 };
const PORTRAIT_PICTURE = { widthPixels: 360, heightPixels: 640 };
const SQUARE_FILM = { pictures: [SQUARE], sounds: [SQUARE] };
const moovInFront = new Mp4OutputFormat({ fastStart: 'in-memory' });
const moovAtEnd = new Mp4OutputFormat({ fastStart: false });

describe('the samples', () => {
  it.each([
    ['goals.mp4', LANDSCAPE, { durationSeconds: 20, widthPixels: 640, heightPixels: 360 }],
    ['matinée.mp4', PORTRAIT, PORTRAIT_FACTS],
    ['interview.webm', SQUARE, { durationSeconds: 7.008, widthPixels: 480, heightPixels: 480 }],
  ])('%s is read at once', async (_, bytes, facts) => {
    const object = sparseObject([bytes]);
    expect(await readBounded(object)).toEqual(facts);
    expect(object.reads).toHaveLength(1);
  });
});

describe('films of a muxer', () => {
  it.each<[string, OutputFormat, number]>([
    ['an MP4 with moov in front', moovInFront, 1],
    ['an MP4 with moov at the end', moovAtEnd, 2],
    ['a QuickTime film with moov in front', new MovOutputFormat({ fastStart: 'in-memory' }), 1],
    ['a QuickTime film with moov at the end', new MovOutputFormat({ fastStart: false }), 2],
    ['a Matroska film', new MkvOutputFormat(), 1],
  ])('%s', async (_, format, reads) => {
    const object = sparseObject([await writeFilm(format)]);
    expect(await readBounded(object)).toEqual(PORTRAIT_FACTS);
    expect(object.reads).toHaveLength(reads);
  });

  it.each<[string, OutputFormat, FilmOptions, VideoFacts]>([
    [
      'a WebM',
      new WebMOutputFormat(),
      SQUARE_FILM,
      { durationSeconds: 7.007, widthPixels: 480, heightPixels: 480 },
    ],
    ['a turned film, as it is stored', moovAtEnd, { rotation: 90 }, PORTRAIT_FACTS],
    ['sound alone in an MP4', moovInFront, { pictures: [] }, { durationSeconds: 12 }],
    ['sound alone in a Matroska', new MkvOutputFormat(), { pictures: [] }, { durationSeconds: 12 }],
    ['two tracks of one size', moovAtEnd, { pictures: [PORTRAIT, PORTRAIT] }, PORTRAIT_FACTS],
    [
      'two tracks of two sizes, as long as the longer',
      moovAtEnd,
      { pictures: [PORTRAIT, LANDSCAPE] },
      { durationSeconds: 20 },
    ],
    [
      'the same in a Matroska',
      new MkvOutputFormat(),
      { pictures: [LANDSCAPE, PORTRAIT] },
      { durationSeconds: 20 },
    ],
  ])('%s', async (_, format, options, facts) => {
    expect(await headerOf(await writeFilm(format, options))).toEqual(facts);
  });

  it.each<[string, OutputFormat, FilmOptions, VideoFacts]>([
    ['a fragmented MP4', new Mp4OutputFormat({ fastStart: 'fragmented' }), {}, PORTRAIT_PICTURE],
    [
      'a live WebM',
      new WebMOutputFormat({ appendOnly: true }),
      SQUARE_FILM,
      { widthPixels: 480, heightPixels: 480 },
    ],
    ['a transport stream', new MpegTsOutputFormat(), {}, {}],
    ['AAC', new AdtsOutputFormat(), { pictures: [] }, {}],
    ['Ogg', new OggOutputFormat(), { pictures: [], sounds: [SQUARE] }, {}],
  ])('%s has no duration in its header', async (_, format, options, facts) => {
    expect(await headerOf(await writeFilm(format, options))).toEqual(facts);
  });

  it('a fragmented MP4 with samples in its moov: their duration is not the whole', async () => {
    const film = Buffer.from(await writeFilm(new Mp4OutputFormat({ fastStart: 'fragmented' })));
    film.writeUInt32BE(1_000, film.indexOf('mvhd') + 4 + 16);
    film.writeUInt32BE(1_000, film.indexOf('tkhd') + 4 + 20);
    expect(await headerOf(film)).toEqual(PORTRAIT_PICTURE);
  });

  it('a film that an edit list shortens is as long as it plays', async () => {
    const film = Buffer.from(await writeFilm(moovInFront, { sounds: [] }));
    const unitsPerSecond = film.readUInt32BE(film.indexOf('mvhd') + 4 + 12);
    film.writeUInt32BE(5 * unitsPerSecond, film.indexOf('mvhd') + 4 + 16);
    film.writeUInt32BE(5 * unitsPerSecond, film.indexOf('tkhd') + 4 + 20);
    expect(await headerOf(film)).toEqual({ ...PORTRAIT_FACTS, durationSeconds: 5 });
  });

  const cut = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  it.each<[string, OutputFormat, FilmOptions]>([
    ['moov in front', moovInFront, {}],
    ['moov at the end', moovAtEnd, {}],
    ['Matroska', new MkvOutputFormat(), {}],
    ['WebM', new WebMOutputFormat(), SQUARE_FILM],
  ])('a film that is cut off says nothing, wherever it is: %s', async (_, format, options) => {
    const film = await writeFilm(format, options);
    const mdat = Buffer.from(film).indexOf('mdat') - 4;
    const places = fc.oneof(
      cut.map((share) => Math.floor(share * film.length)),
      // Around the boundary of the boxes, and the very beginning and end.
      fc.integer({ min: Math.max(0, mdat - 20), max: Math.max(100, mdat + 20) }),
      fc.integer({ min: film.length - 20, max: film.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(places, async (length) => {
        expect(await headerOf(film.subarray(0, length))).not.toHaveProperty('durationSeconds');
      }),
    );
  });
});

describe('what is no film', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['seven bytes', Buffer.from('ftypftyp').subarray(1)],
    ['eight zeros', Buffer.alloc(8)],
    ['zeros', Buffer.alloc(100_000)],
    ['text', Buffer.from('Dear Sir or Madam, this is no video.\n'.repeat(100))],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('%s has no facts', async (_, bytes) => {
    expect(await headerOf(bytes)).toEqual({});
  });

  it('random bytes have no facts, whatever they begin with', async () => {
    const start = fc.constantFrom('', '00000018667479706d703432', '000000006d6f6f76', '1a45dfa39f');
    const bytes = fc.uint8Array({ maxLength: 300, size: 'max' });
    await fc.assert(
      fc.asyncProperty(start, bytes, async (hex, rest) => {
        expect(await headerOf(Buffer.from(hex, 'hex'), rest)).toEqual({});
      }),
    );
  });
});

describe('whatever is changed in a header', () => {
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.nat(255) });
  const changes = fc.array(change, { minLength: 1, maxLength: 12 });

  it.each<[string, OutputFormat, FilmOptions]>([
    ['an MP4', moovInFront, {}],
    ['an MP4 with moov at the end', moovAtEnd, {}],
    ['a fragmented MP4', new Mp4OutputFormat({ fastStart: 'fragmented' }), {}],
    ['a Matroska', new MkvOutputFormat(), {}],
    ['a WebM', new WebMOutputFormat(), SQUARE_FILM],
  ])('it is read within the bounds: %s', async (_, format, options) => {
    const film = Buffer.from(await writeFilm(format, options));
    // Where what matters is: the beginning, and of an MP4 its moov.
    const moovAt = Math.max(0, film.indexOf('moov') - 4);
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (all, isAtStart) => {
        const changed = Buffer.from(film);
        const from = isAtStart ? 0 : moovAt;
        for (const { at, to } of all) changed[from + Math.floor(at * 1_500)] = to;
        await headerOf(changed);
      }),
      { numRuns: 200 },
    );
  });
});

describe('when the object can not be read', () => {
  it.each([1, 2, 3])('what read %i fails with is thrown as it is', async (nth) => {
    const denied = new Error('AccessDenied');
    const tables = { tableBytes: 1_000_000 };
    const moov = box('moov', ...movieHeader(10_000), ...track(tables), ...track(tables));
    const object = sparseObject([...box('ftyp', 8), ...moov, ...box('mdat', 1_000_000)]);
    const readRange = async (start: number, end: number) => {
      const bytes = await object.readRange(start, end);
      if (object.reads.length === nth) throw denied;
      return bytes;
    };
    await expect(readHeader(object.sizeBytes, readRange)).rejects.toBe(denied);
    expect(object.reads).toHaveLength(nth);
  });

  it('a read that comes up short tells nothing', async () => {
    for (const byteCount of [0, 7, 31]) {
      const readRange = async (start: number) => PORTRAIT.subarray(start, start + byteCount);
      expect(await readHeader(PORTRAIT.length, readRange)).toEqual({});
    }
  });

  it('what is read may be a part of a larger buffer', async () => {
    const padded = Buffer.concat([Buffer.alloc(5), PORTRAIT]);
    const readRange = async (start: number, end: number) => padded.subarray(5 + start, 5 + end);
    expect(await readHeader(PORTRAIT.length, readRange)).toEqual(PORTRAIT_FACTS);
  });
});

import { Mp4OutputFormat } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { MAX_READS } from '../../../../functions/accept-upload/header-bytes.ts';
import { box, fields, movieHeader, type TrackParts, track } from '../../../support/film-parts.ts';
import { writeFilm } from '../../../support/films.ts';
import { headerOf, readBounded } from '../../../support/read-bounded.ts';
import { lengthOf, type Part, sparseObject } from '../../../support/sparse-object.ts';

const GB = 1_000_000_000;
const PICTURE = { widthPixels: 640, heightPixels: 360 };
const FACTS = { durationSeconds: 10, ...PICTURE };
const ftyp = box('ftyp', Buffer.from('isom\0\0\0\0'));
const mdat = box('mdat', 1_000);
const ALL_ONES = 2 ** 32 - 1;

/** A film of these boxes in its moov, with media. */
const film = (...boxes: readonly Part[]) => [...ftyp, ...box('moov', ...boxes), ...mdat];

/** The headers with times of 64 bits, in two halves. */
const longMovieHeader = (high: number, low: number) =>
  box('mvhd', fields(112, { 0: 0x0100_0000, 20: 1_000, 24: high, 28: low }));
const longTrack = (kind: string, high: number, low: number) => {
  const tkhd = box('tkhd', fields(96, { 0: 0x0100_0007, 28: high, 32: low }));
  return box('trak', ...tkhd, ...box('mdia', ...box('hdlr', fields(24, { 8: kind }))));
};

describe('a film of 5 hours and 5 GB', () => {
  /** Its boxes as a muxer wrote them, but for the media. */
  async function longFilm(): Promise<{ ftyp: Part; moov: Part; media: Part[] }> {
    const bytes = Buffer.from(
      await writeFilm(new Mp4OutputFormat({ fastStart: false }), { slowedBy: 1_500 }),
    );
    const mdatAt = bytes.indexOf('mdat') - 4;
    const moovAt = mdatAt + bytes.readUInt32BE(mdatAt);
    return {
      ftyp: bytes.subarray(0, mdatAt),
      moov: bytes.subarray(moovAt),
      media: box('mdat', 5 * GB),
    };
  }
  const facts = { durationSeconds: 18_000, widthPixels: 360, heightPixels: 640 };

  it('is read from its end in two reads', async () => {
    const { ftyp, moov, media } = await longFilm();
    const object = sparseObject([ftyp, ...media, moov]);
    expect(await readBounded(object)).toEqual(facts);
    expect(object.reads).toEqual([
      { start: 0, end: 65_536 },
      { start: 5 * GB + lengthOf([ftyp]) + 16, end: object.sizeBytes },
    ]);
  });

  it('is read from its start in one read', async () => {
    const { ftyp, moov, media } = await longFilm();
    const object = sparseObject([ftyp, moov, ...media]);
    expect(await readBounded(object)).toEqual(facts);
    expect(object.reads).toHaveLength(1);
  });

  it('has tables of samples as long as they like: they are passed over', async () => {
    const tables = { tableBytes: 20_000_000, units: 18_000_000 };
    const moov = box('moov', ...movieHeader(18_000_000), ...track(tables), ...track(tables));
    const object = sparseObject([...ftyp, ...box('mdat', 5 * GB), ...moov]);
    expect(await readBounded(object)).toEqual({ ...PICTURE, durationSeconds: 18_000 });
    expect(object.reads).toHaveLength(3);
  });
});

const avcC = box('avcC', 40);
const pasp = (horizontal: number, vertical: number) =>
  box('pasp', fields(8, { 0: horizontal, 4: vertical }));

describe('the size of pictures', () => {
  it.each<[string, Part[]]>([
    ['with square pixels', [...avcC, ...pasp(1, 1)]],
    ['with pixels as wide as high', pasp(72, 72)],
    ['whose description ends in a few zeros', [...avcC, Buffer.alloc(4)]],
    ['that say nothing of their shape', avcC],
  ])('%s is that in which they are stored', async (_, shape) => {
    const facts = await headerOf(...film(...movieHeader(10_000), ...track({ shape })));
    expect(facts).toEqual(FACTS);
  });

  it.each<[string, Part[]]>([
    ['with pixels that are wider than high', [...avcC, ...pasp(24, 11)]],
    ['of which a part is shown', [...avcC, ...box('clap', 32)]],
    ['whose description can not be followed', [fields(16, { 0: 3 }), ...pasp(1, 1)]],
  ])('%s is not known: which one counts the provider knows', async (_, shape) => {
    const facts = await headerOf(...film(...movieHeader(10_000), ...track({ shape })));
    expect(facts).toEqual({ durationSeconds: 10 });
  });
});

describe('what is read', () => {
  it.each<[string, Part[], object]>([
    ['picture and sound', [...movieHeader(10_000), ...track(), ...track({ kind: 'soun' })], FACTS],
    ['what the header comes after', [...track(), ...movieHeader(10_000)], FACTS],
    [
      'times of 64 bits',
      [...longMovieHeader(2, 10_000), ...longTrack('soun', 2, 10_000)],
      { durationSeconds: (2 * 2 ** 32 + 10_000) / 1_000 },
    ],
    [
      'a duration to the millisecond',
      [...movieHeader(100_000, 30_000), ...track({ units: 100_000 })],
      { ...PICTURE, durationSeconds: 3.333 },
    ],
    [
      'the duration of the film, if tracks are shorter by a second',
      [...movieHeader(10_000), ...track({ units: 9_000 })],
      FACTS,
    ],
  ])('%s', async (_, boxes, facts) => {
    expect(await headerOf(...film(...boxes))).toEqual(facts);
  });

  it.each<[string, Part[]]>([
    ['an old QuickTime film', [...box('wide'), ...mdat]],
    ['a film that starts with its media', mdat],
    ['a film with a note to itself', [...ftyp, ...box('uuid', 2 * GB), ...mdat]],
  ])('%s', async (_, start) => {
    expect(await headerOf(...start, ...box('moov', ...movieHeader(10_000), ...track()))).toEqual(
      FACTS,
    );
  });

  it('a track of time codes, which describe themselves in fewer bytes', async () => {
    const stsd = box('stsd', fields(34, { 4: 1 }));
    const minf = box('minf', ...box('stbl', ...stsd));
    const timeCodes = box(
      'trak',
      ...box('mdia', ...box('hdlr', fields(24, { 8: 'tmcd' })), ...minf),
    );
    expect(await headerOf(...film(...timeCodes, ...movieHeader(10_000), ...track()))).toEqual(
      FACTS,
    );
  });

  it('a moov whose length takes 64 bits', async () => {
    const boxes = [...movieHeader(10_000), ...track()];
    const head = fields(16, { 0: 1, 4: 'moov', 12: 16 + lengthOf(boxes) });
    expect(await headerOf(...ftyp, head, ...boxes, ...mdat)).toEqual(FACTS);
  });

  it('a fragmented film up to its first fragment', async () => {
    const fragments = Array.from({ length: 40 }, () => [...box('moof', 100), ...box('mdat', GB)]);
    const start = [...ftyp, ...box('moov', ...movieHeader(10_000), ...track())];
    const object = sparseObject([...start, ...mdat, ...fragments.flat()]);
    expect(await readBounded(object)).toEqual(PICTURE);
    expect(object.reads).toHaveLength(1);
  });

  it('media that has no length goes on to the end', async () => {
    const moov = box('moov', ...movieHeader(10_000), ...track());
    expect(await headerOf(...ftyp, ...moov, fields(8, { 4: 'mdat' }), GB)).toEqual(FACTS);
  });
});

describe('what is not known for certain is left out', () => {
  it.each<[string, Part[]]>([
    ['of 0', [...movieHeader(0), ...track({ units: 0 })]],
    ['of all ones', [...movieHeader(ALL_ONES), ...track({ units: ALL_ONES })]],
    [
      'of 64 ones',
      [
        ...longMovieHeader(ALL_ONES, ALL_ONES),
        ...longTrack('soun', ALL_ONES, ALL_ONES),
        ...track({ units: 0 }),
      ],
    ],
    ['of a moment, in tracks of 0', [...movieHeader(40), ...track({ units: 0 })]],
    ['in no unit', [...movieHeader(10_000, 0), ...track()]],
    ['that the tracks do not reach', [...movieHeader(10_000), ...track({ units: 8_999 })]],
    ['that a track goes beyond', [...movieHeader(10_000), ...track({ units: 11_001 })]],
    [
      'that only a text reaches',
      [...movieHeader(90_000), ...track(), ...track({ kind: 'text', units: 90_000 })],
    ],
    ['of the first part of fragments', [...movieHeader(10_000), ...track(), ...box('mvex')]],
    ['that no header tells', track()],
  ])('a duration %s', async (_, boxes) => {
    expect(await headerOf(...film(...boxes))).toEqual(PICTURE);
  });

  it('the duration of a film whose media is elsewhere', async () => {
    const moov = box('moov', ...movieHeader(10_000), ...track());
    expect(await headerOf(...ftyp, ...moov)).toEqual(PICTURE);
  });

  it.each<[string, TrackParts[]]>([
    ['of no size', [{ size: [0, 0] }]],
    ['of no width', [{ size: [0, 360] }]],
    ['of no height', [{ size: [640, 0] }]],
    ['of several descriptions', [{ descriptions: 2 }]],
    ['of which one has no description', [{}, { descriptions: 0 }]],
    ['of two widths', [{}, { size: [641, 360] }]],
    ['of two heights', [{}, { size: [640, 361] }]],
    ['of which one differs', [{}, {}, { size: [360, 640] }]],
    ['that are none', [{ kind: 'soun' }]],
  ])('pictures %s', async (_, tracks) => {
    const boxes = [...movieHeader(10_000), ...tracks.flatMap((it) => track(it))];
    expect(await headerOf(...film(...boxes))).toEqual({ durationSeconds: 10 });
  });
});

describe('a hostile film', () => {
  const good = [...movieHeader(10_000), ...track()];

  it.each<[string, Part[]]>([
    ['a box of no length', [...ftyp, fields(8, { 4: 'moov' }), ...good, ...mdat]],
    ['a box shorter than its head', [...ftyp, fields(8, { 0: 7, 4: 'free' }), ...film(...good)]],
    [
      'a box of 64 bits shorter than its head',
      [...ftyp, fields(16, { 0: 1, 4: 'free', 12: 15 }), ...film(...good)],
    ],
    ['a moov of 4 GB in a small file', [...ftyp, fields(8, { 0: ALL_ONES, 4: 'moov' }), ...good]],
    [
      'a length of 2^64',
      [...film(...good), fields(16, { 0: 1, 4: 'mdat', 8: ALL_ONES, 12: ALL_ONES })],
    ],
    ['a track that goes on beyond the file', film(...good, fields(8, { 0: GB, 4: 'trak' }))],
    ['two films', [...film(...good), ...film(...good)]],
    ['a header too short', film(...box('mvhd', fields(20, { 12: 1_000, 16: 10_000 })), ...track())],
    ['a track too short', film(...movieHeader(10_000), ...box('trak', ...box('tkhd', 35)))],
    ['a few bytes behind the last box', [...film(...good), Buffer.alloc(7)]],
    ['zeros behind the last box', [...film(...good), Buffer.alloc(700)]],
  ])('%s', async (_, parts) => {
    expect(await headerOf(...parts)).toEqual({});
  });

  it('a track that ends before it began leads forward all the same', async () => {
    expect(await headerOf(...film(...box('trak'), ...box('stsd', 94), ...good))).toEqual(FACTS);
  });

  it.each(['trak', 'mdia', 'free'])('%s without end is given up', async (type) => {
    const empty = Buffer.concat(Array.from({ length: 20_000 }, () => fields(8, { 0: 8, 4: type })));
    expect(await headerOf(...film(...good, empty))).toEqual({});
  });

  it('billions of samples: nothing is counted up', async () => {
    const stts = box('stts', fields(16, { 4: 1, 8: ALL_ONES, 12: 1 }));
    const ctts = box('ctts', fields(16, { 4: 1, 8: ALL_ONES, 12: 1 }));
    const boxes = [...stts, ...ctts, ...good, ...stts, ...ctts];
    expect(await headerOf(...film(...boxes))).toEqual(FACTS);
  });

  it('a header that lies too far apart is given up', async () => {
    const tracks = (count: number) =>
      Array.from({ length: count }, () => track({ tableBytes: 100_000 })).flat();
    const near = sparseObject(film(...movieHeader(10_000), ...tracks(MAX_READS - 1)));
    expect(await readBounded(near)).toEqual(FACTS);
    const far = sparseObject(film(...movieHeader(10_000), ...tracks(MAX_READS)));
    expect(await readBounded(far)).toEqual({});
    expect([near.reads.length, far.reads.length]).toEqual([MAX_READS, MAX_READS]);
  });
});

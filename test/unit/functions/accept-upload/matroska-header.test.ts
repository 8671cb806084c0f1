import { describe, expect, it } from 'vitest';
import { MAX_READS } from '../../../../functions/accept-upload/header-bytes.ts';
import { element, openElement } from '../../../support/film-parts.ts';
import { headerOf, readBounded } from '../../../support/read-bounded.ts';
import { type Part, sparseObject } from '../../../support/sparse-object.ts';

const GB = 1_000_000_000;
const PICTURE = { widthPixels: 640, heightPixels: 360 };
const FACTS = { durationSeconds: 10, ...PICTURE };

const ebml = element(0x1a45dfa3, 30);
const cluster = element(0x1f43b675, 1_000);
const info = (...content: readonly Part[]) => element(0x1549a966, ...content);
const scale = (nanoseconds: number) => element(0x2ad7b1, uint(nanoseconds, 4));
const duration = (units: number) => element(0x4489, double(units));
const tracks = (...content: readonly Part[]) => element(0x1654ae6b, ...content);
const picture = (...content: readonly Part[]) => element(0xae, ...element(0xe0, ...content));
const width = (pixels: number) => element(0xb0, uint(pixels));
const height = (pixels: number) => element(0xba, uint(pixels));

const lasting = info(...duration(10_000));
const pictured = tracks(...picture(...width(640), ...height(360)));
/** A film of these elements in its Segment. */
const film = (...content: readonly Part[]) => [...ebml, ...element(0x18538067, ...content)];

function uint(value: number, byteCount = 2): Buffer {
  const bytes = Buffer.alloc(byteCount);
  bytes.writeUIntBE(value, 0, byteCount);
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
}

describe('what is read', () => {
  it.each<[string, Part[]]>([
    ['milliseconds, if no scale is said', [...lasting, ...pictured]],
    ['what comes in another order', [...pictured, ...lasting]],
    ['another scale', [...info(...scale(100_000), ...duration(100_000)), ...pictured]],
    ['a scale that comes later', [...info(...duration(100_000), ...scale(100_000)), ...pictured]],
    ['a duration of 32 bits', [...info(...element(0x4489, float(10_000))), ...pictured]],
    [
      'numbers of one byte to eight',
      [
        ...info(...element(0x2ad7b1, uint(250, 1)), ...duration(40_000_000)),
        ...tracks(...picture(...element(0xb0, 6, uint(640)), ...element(0xba, uint(360, 5)))),
      ],
    ],
    [
      'sizes in as few bytes as they take',
      [...lasting, ...pictured, Buffer.from('ec83000000', 'hex')],
    ],
    ['tracks of one size', [...lasting, ...pictured, ...pictured]],
  ])('%s', async (_, content) => {
    expect(await headerOf(...film(...content, ...cluster))).toEqual(FACTS);
  });

  it('a film of 5 hours and 5 GB, in one read', async () => {
    const long = info(...duration(18_000_000));
    const object = sparseObject(film(...long, ...pictured, ...element(0x1f43b675, 5 * GB)));
    expect(await readBounded(object)).toEqual({ ...FACTS, durationSeconds: 18_000 });
    expect(object.reads).toHaveLength(1);
  });

  it('media of no bytes at the very end', async () => {
    const empty = Buffer.from('1f43b67580', 'hex');
    expect(await headerOf(...film(...lasting, ...pictured, empty))).toEqual(FACTS);
  });

  it('what comes behind large attachments, in one read more', async () => {
    const attachments = element(0x1941a469, 2 * GB);
    const object = sparseObject(film(...attachments, ...lasting, ...pictured, ...cluster));
    expect(await readBounded(object)).toEqual(FACTS);
    expect(object.reads).toHaveLength(2);
  });
});

describe('what is not known for certain is left out', () => {
  it.each<[string, Part[]]>([
    ['of 0', duration(0)],
    ['of less than a millisecond', duration(0.4)],
    ['below 0', duration(-1)],
    ['of no number', duration(NaN)],
    ['without end', duration(Infinity)],
    ['in units of nothing', [...scale(0), ...duration(10_000)]],
    ['that is not said', []],
  ])('a duration %s', async (_, content) => {
    expect(await headerOf(...film(...info(...content), ...pictured, ...cluster))).toEqual(PICTURE);
  });

  it('the duration of a film that was left open: others may be joined to it', async () => {
    const parts = [...ebml, ...openElement(0x18538067, ...lasting, ...pictured, ...cluster)];
    expect(await headerOf(...parts)).toEqual(PICTURE);
    expect(await headerOf(...parts, ...parts)).toEqual(PICTURE);
    const openCluster = openElement(0x1f43b675, 1_000);
    expect(await headerOf(...film(...lasting, ...pictured, ...openCluster))).toEqual(FACTS);
  });

  it.each<[string, Part[]]>([
    ['of no size', picture()],
    ['of no height', picture(...width(640))],
    ['of two sizes', [...picture(...width(640), ...height(360)), ...picture(...width(480))]],
    ['that are none', element(0xae, ...element(0xe1, ...width(640), ...height(360)))],
    ['whose size is in no track', [...width(640), ...height(360)]],
  ])('pictures %s', async (_, content) => {
    const facts = await headerOf(...film(...lasting, ...tracks(...content), ...cluster));
    expect(facts).toEqual({ durationSeconds: 10 });
  });

  const shown = (id: number, value: number) => element(id, uint(value));

  it.each<[string, Part[], boolean]>([
    ['in their own size', [...shown(0x54b0, 640), ...shown(0x54ba, 360)], true],
    ['smaller, in the same shape', [...shown(0x54b0, 320), ...shown(0x54ba, 180)], true],
    ['in one piece', shown(0x53b8, 0), true],
    ['uncut', [0x54aa, 0x54bb, 0x54cc, 0x54dd].flatMap((id) => shown(id, 0)), true],
    ['wider', shown(0x54b0, 768), false],
    ['lower', shown(0x54ba, 300), false],
    ['as two side by side', shown(0x53b8, 1), false],
    ['without an edge', shown(0x54cc, 8), false],
  ])('the size of pictures that are shown %s', async (_, content, isKnown) => {
    const pictures = tracks(...picture(...width(640), ...height(360), ...content));
    const facts = await headerOf(...film(...lasting, ...pictures, ...cluster));
    expect(facts).toEqual(isKnown ? FACTS : { durationSeconds: 10 });
  });

  it('what comes behind the first media', async () => {
    expect(await headerOf(...film(...lasting, ...cluster, ...pictured))).toEqual({
      durationSeconds: 10,
    });
    expect(await headerOf(...film(...pictured, ...cluster, ...lasting))).toEqual(PICTURE);
  });
});

describe('a hostile film', () => {
  const whole = film(...lasting, ...pictured, ...cluster);

  it.each<[string, Part[]]>([
    ['two films joined', [...whole, ...whole]],
    ['anything behind the film', [...whole, 1]],
    ['no media', film(...lasting, ...pictured)],
    ['nothing', ebml],
    ['zeros in place of media', film(...lasting, ...pictured, 2_000)],
    ['an id of no length', film(...lasting, 1, 8, Buffer.from('80', 'hex'), ...cluster)],
    ['a size of no length', film(...lasting, Buffer.from('ec00', 'hex'), 8, ...cluster)],
    ['an id that is cut off', film(...lasting, Buffer.from('1f43', 'hex'))],
    ['a size that is cut off', film(...lasting, Buffer.from('ec01ff', 'hex'))],
    ['an element beyond the file', film(Buffer.from('ec7fff', 'hex'), ...lasting, ...cluster)],
    ['an element of 2^55 bytes', film(Buffer.from('ec0180000000000000', 'hex'), ...cluster)],
    ['an element left open', film(...openElement(0xec), ...lasting, ...pictured, ...cluster)],
    ['a duration of 3 bytes', film(...info(...element(0x4489, 3)), ...pictured, ...cluster)],
    ['a scale of 9 bytes', film(...info(...element(0x2ad7b1, 9)), ...pictured, ...cluster)],
  ])('%s', async (_, parts) => {
    expect(await headerOf(...parts)).toEqual({});
  });

  it('elements without end are given up', async () => {
    const empty = Buffer.alloc(40_000, Buffer.from('ec80', 'hex'));
    expect(await headerOf(...film(empty, ...lasting, ...pictured, ...cluster))).toEqual({});
  });

  it('elements that each lie far from the next are given up', async () => {
    const voids = Array.from({ length: 30 }, () => element(0xec, GB)).flat();
    const object = sparseObject(film(...voids, ...lasting, ...pictured, ...cluster));
    expect(await readBounded(object)).toEqual({});
    expect(object.reads).toHaveLength(MAX_READS);
  });
});

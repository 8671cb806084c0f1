import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  judgeBytes,
  judgeObject,
  SAMPLE_BYTES,
} from '../../../../functions/accept-upload/judge-object.ts';
import { aProfile } from '../../../support/rows.ts';

const samples = new URL('../../../../samples/', import.meta.url);

describe('by what S3 says of it', () => {
  const video = { key: 'football/a.mp4' };
  const profiles = [aProfile({ applies_to: { prefixes: ['football/'] } })];
  const whole = { etag: 'etag-1', sizeBytes: 1_000 };

  it.each([
    ['that is empty', { ...whole, sizeBytes: 0 }, 'object_empty', /0 bytes/],
    ['that is too large', { ...whole, sizeBytes: 1_001 }, 'object_too_large', /1001 .*1000/],
  ])('an object %s is refused', (_, facts, code, message) => {
    const refusal = judgeObject(video, facts, profiles, 1_000);
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each([1, 999, 1_000])('an object of %d bytes is within a limit of 1000', (sizeBytes) => {
    expect(judgeObject(video, { ...whole, sizeBytes }, profiles, 1_000)).toBeUndefined();
  });

  it('an object that no profile applies to is refused, for nothing would be asked of it', () => {
    const refusal = judgeObject({ ...video, key: 'cup/a.mp4' }, whole, profiles, 1_000);
    expect(refusal).toMatchObject({ code: 'no_profile' });
  });

  it('an object of any name is let through: the name proves nothing', () => {
    const named = { ...video, key: 'football/readme.txt' };
    expect(judgeObject(named, whole, profiles, 1_000)).toBeUndefined();
  });
});

describe('by its first bytes', () => {
  it.each(['football/goals.mp4', 'interview.webm'])('the sample %s is a video', async (name) => {
    const start = readFileSync(new URL(name, samples)).subarray(0, SAMPLE_BYTES);
    expect(await judgeBytes(start)).toBeUndefined();
  });

  it.each<[string, Uint8Array]>([
    ['an MP4', box('isom')],
    ['a QuickTime film', box('qt  ')],
    ['a 3GP film', box('3gp4')],
    ['a Matroska film', bytes('1A45DFA3', zeros(64))],
    ['an AVI', bytes(ascii('RIFF'), '00000000', ascii('AVI LIST'), zeros(64))],
    ['a Flash video', bytes(ascii('FLV'), '01050000', zeros(64))],
    ['a Windows Media film', windowsMedia('C0EF19BC4D5BCF11A8FD00805F5C442B')],
    ['Windows Media of another kind', windowsMedia('00'.repeat(16))],
    ['an MXF film', bytes('060E2B34020501010D0102010102', zeros(64))],
    ['an Ogg of another kind', bytes(ascii('OggS'), zeros(24), ascii('other'), zeros(64))],
    ['a RealMedia film', bytes(ascii('.RMF'), zeros(64))],
    ['an MPEG transport stream', transportStream()],
    ['an MPEG program stream', bytes('000001BA4400', zeros(64))],
    ['a sound', bytes(ascii('ID3'), '0300', zeros(64))],
    ['nothing known', bytes('00112233445566778899AABBCCDDEEFF', zeros(64))],
    ['zeros', zeros(SAMPLE_BYTES)],
  ])('%s is let through', async (_, start) => {
    expect(await judgeBytes(start)).toBeUndefined();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['the sample', readFileSync(new URL('not-a-video.mp4', samples)), /plain text/],
    ['text', ascii('Dear Sir or Madam,\r\n\tthis is no video.\n'), /plain text/],
    ['text with accents', Buffer.from('Köln 東京 🎬'), /plain text/],
    ['text with a mark', Buffer.from('\ufeffhello'), /plain text/],
    ['coloured text', ascii('\u001b[31mred\u001b[0m'), /plain text/],
    ['a playlist', ascii('#EXTM3U\n#EXT-X-VERSION:3\n'), /plain text/],
    ['a PNG', bytes('89504E470D0A1A0A0000000D49484452', zeros(64)), /type image\/png/],
    ['a JPEG', bytes('FFD8FFE000104A46494600', zeros(64)), /type image\/jpeg/],
    ['a PDF', ascii('%PDF-1.7\n'), /type application\/pdf/],
    ['a ZIP', bytes('504B030414000000', zeros(64)), /type application\/zip/],
    ['a program', bytes('7F454C46020101', zeros(64)), /type application\/x-elf/],
  ])('%s is no video, whatever it is called', async (_, start, found) => {
    expect(await judgeBytes(start)).toMatchObject({
      code: 'not_a_video',
      message: expect.stringMatching(found),
    });
  });

  it('a text is known wherever its last character is cut', async () => {
    const text = Buffer.from('東京 – matinée 🎬');
    for (let end = 1; end <= text.length; end++) {
      expect(await judgeBytes(text.subarray(0, end)), `${end} bytes`).toBeDefined();
    }
  });

  it.each([0x00, 0x01, 0x08, 0x0e, 0x1a, 0x1c, 0x1f, 0x80, 0xff])(
    'a text with the byte %i in it is let through: the provider decides',
    async (byte) => {
      expect(await judgeBytes(bytes(ascii('hello '), Uint8Array.of(byte), ascii(' you')))).toBe(
        undefined,
      );
    },
  );
});

function bytes(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)),
  );
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}

/** The beginning of a file of the MP4 family. */
function box(brand: string): Uint8Array {
  return bytes('00000018', ascii(`ftyp${brand}`), '00000200', ascii(brand), zeros(64));
}

/** A header object of ASF with one stream, of the type with this id. */
function windowsMedia(streamType: string): Uint8Array {
  const header = '3026B2758E66CF11A6D900AA0062CE6C C800000000000000 01000000 0102';
  const stream = '9107DCB7B7A9CF118EE600C00C205365 4E00000000000000';
  return bytes((header + stream + streamType).replaceAll(' ', ''), zeros(64));
}

/** Packets of 188 bytes, each beginning with its sync byte. */
function transportStream(): Uint8Array {
  return Buffer.concat(Array.from({ length: 8 }, () => bytes('47', zeros(187))));
}

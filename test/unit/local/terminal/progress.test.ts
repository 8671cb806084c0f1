import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VideoRows } from '../../../../local/read-video.ts';
import { createProgress, printable } from '../../../../local/terminal/progress.ts';
import { aVideo } from '../../../support/rows.ts';

/** Keys that would clear the screen, set its title, ring, begin a line, or speak 8-bit controls. */
const hostile = [
  '\u001b[2Jclear.mp4',
  '\u001b]0;title\u0007.mp4',
  'bell\u0007.mp4',
  'line\nend.mp4',
  'back\rto the start.mp4',
  'erase\b\b\b.mp4',
  'eight\u009b2Jbits.mp4',
  'string\u0090of a device\u009c.mp4',
  'next\u0085line.mp4',
  'delete\u007f.mp4',
];

describe('printable', () => {
  it('leaves no control character of any text', async () => {
    await fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it.each(['Köln 東京 – matinée.mp4', '🎬 👩‍👩‍👧.mp4', 'a b\'c"d.mp4', ''])(
    'keeps %j as it is',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  it.each([
    ['a\nb', 'a?b'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u0085', '?'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('where there is no terminal', () => {
  it('each change is one plain line, with the time', () => {
    const { progress, written } = open({ isTTY: false });
    progress.show([rows('a.mp4'), rows('b.mp4', 'processing')]);
    expect(written()).toMatch(
      /^ +\d+\.\d s {2}a\.mp4 {2}registering\n +\d+\.\d s {2}b\.mp4 {2}processing\n$/,
    );
  });

  it('a note is a line of its own, and no control sequence of it gets through', () => {
    const { progress, written } = open({ isTTY: false });
    progress.note('denied\u001b[2J\u0007');
    expect(written()).toBe('denied?\n');
  });

  it('what has not changed is not said again', () => {
    const { progress, written } = open({ isTTY: false });
    progress.show([rows('a.mp4'), rows('b.mp4')]);
    progress.show([rows('a.mp4'), rows('b.mp4', 'processing')]);
    progress.end();
    expect(written().split('\n')).toHaveLength(3 + 1);
  });

  it.each(hostile)('the key %j brings no control character with it', (key) => {
    const { progress, written } = open({ isTTY: false });
    progress.show([rows(key)]);
    expect(written().trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  it.each(hostile)('a reason that quotes the key %j brings none either', (key) => {
    const { progress, written } = open({ isTTY: false });
    progress.show([refused('a.mp4', key)]);
    expect(written().trimEnd()).not.toMatch(/\p{Cc}/u);
  });
});

describe('on a terminal', () => {
  it('each video has a line, with a mark for where it ended', () => {
    const { progress, shown } = open();
    progress.show([rows('a.mp4'), rows('long-name.mp4', 'admitted'), refused('b.mp4', 'x')]);
    expect(shown()).toEqual([
      '· a.mp4          registering',
      '✓ long-name.mp4',
      '✗ b.mp4          rejected: no profile for x',
    ]);
  });

  it.each(hostile)('the key %j looks as its harmless form does', (key) => {
    const [one, other] = [open(), open()];
    one.progress.show([rows(key), refused('a.mp4', key)]);
    other.progress.show([rows(printable(key)), refused('a.mp4', printable(key))]);
    expect(one.shown().map((line) => line.replaceAll(/ +/g, ' '))).toEqual(
      other.shown().map((line) => line.replaceAll(/ +/g, ' ')),
    );
  });

  it('a note stands by itself, and the picture is drawn again below it', () => {
    const { progress, shown } = open();
    progress.show([rows('a.mp4')]);
    progress.note('not authorized');
    progress.show([rows('a.mp4')]);
    expect(shown()).toEqual(['· a.mp4  registering', 'not authorized', '· a.mp4  registering']);
  });

  it('a long line is clipped to the width', () => {
    const { progress, shown } = open({ columns: 40 });
    progress.show([refused('k'.repeat(60), 'r'.repeat(60))]);
    const [line = ''] = shown();
    expect(line).toHaveLength(39);
    expect(line.endsWith('…')).toBe(true);
  });

  it('more videos than lines are summed up, those that move shown first', () => {
    const { progress, shown } = open({ rows: 9 });
    const done = Array.from({ length: 20 }, (_, at) => rows(`done-${at}.mp4`, 'admitted'));
    progress.show([...done, rows('a.mp4'), rows('b.mp4')]);
    expect(shown()).toEqual([
      '· a.mp4  registering',
      '· b.mp4  registering',
      '  … 20 of 22 videos have reached their end',
    ]);
  });

  it('four lines are kept free for what stands above and below', async () => {
    const sizes = fc.record({ rows: fc.integer({ min: 5, max: 50 }), count: fc.nat({ max: 100 }) });
    await fc.assert(
      fc.property(sizes, ({ rows: height, count }) => {
        const { progress, shown } = open({ rows: height });
        progress.show(Array.from({ length: count }, (_, at) => rows(`${at}.mp4`)));
        expect(shown().length).toBeLessThanOrEqual(Math.max(3, height - 4));
      }),
    );
  });

  it('writes to the stream that it was given, and to no other', () => {
    const [one, other] = [open(), open()];
    one.progress.show([rows('a.mp4')]);
    one.progress.end();
    expect(one.written()).toContain('a.mp4');
    expect(other.written()).toBe('');
  });
});

function open({ isTTY = true, columns = 80, rows: height = 24 } = {}) {
  const stream = new PassThrough();
  const stdout = Object.assign(stream, { isTTY, columns, rows: height });
  const chunks: string[] = [];
  stream.setEncoding('utf8');
  const written = () => {
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) chunks.push(chunk);
    return chunks.join('');
  };
  return {
    progress: createProgress(stdout as unknown as NodeJS.WriteStream),
    written,
    /** The lines of one picture, without what moves the cursor. */
    shown: () =>
      stripVTControlCharacters(written())
        .split('\n')
        .map((line) => line.trimEnd())
        .filter(Boolean),
  };
}

function rows(key: string, state: 'registering' | 'processing' | 'admitted' = 'registering') {
  const made = aVideo({ key, state });
  if (state !== 'admitted') return { key, video: made, analyses: [], segments: [] };
  const { stage: _, ...video } = made;
  return { key, video, analyses: [], segments: [] };
}

function refused(key: string, quoted: string): VideoRows {
  const { stage: _, ...rest } = aVideo({ key });
  const reason = { code: 'no_profile', message: `no profile for ${quoted}` };
  return { key, video: { ...rest, state: 'rejected', reason }, analyses: [], segments: [] };
}

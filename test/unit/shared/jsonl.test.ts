import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from '../../../shared/jsonl.ts';

const BYTE_ORDER_MARK = '\ufeff';

interface FoundLine {
  readonly offsetBytes: number;
  readonly text: string;
}

/** A line that may stand anywhere: not blank, and not to be taken for a mark or a line end. */
const content = fc.string({ unit: 'binary', minLength: 1 }).map((text) =>
  text
    .replaceAll('\n', ' ')
    .replace(/\r+$/, ' ')
    .replace(/^\ufeff/, ' '),
);

const streams = fc.record({
  lines: fc.array(fc.record({ text: fc.option(content, { nil: '' }), crlf: fc.boolean() })),
  hasMark: fc.boolean(),
  hasLastEnd: fc.boolean(),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
});

describe('the lines of a stream', () => {
  it('are the same, at the same offsets, into whatever pieces it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(streams, async ({ lines, hasMark, hasLastEnd, cuts }) => {
        let text = hasMark ? BYTE_ORDER_MARK : '';
        const expected: FoundLine[] = [];
        lines.forEach((line, at) => {
          if (line.text) expected.push({ offsetBytes: Buffer.byteLength(text), text: line.text });
          const isLast = at === lines.length - 1;
          text += line.text + (isLast && !hasLastEnd ? '' : line.crlf ? '\r\n' : '\n');
        });
        const found = await linesOf(Buffer.from(text), cuts);
        expect(found).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, string, FoundLine[]]>([
    ['nothing', '', []],
    ['only line ends', '\n\r\n\n', []],
    ['only a byte order mark', BYTE_ORDER_MARK, []],
    ['no last line end', 'a\nb', at([0, 'a'], [2, 'b'])],
    ['a last line end', 'a\nb\n', at([0, 'a'], [2, 'b'])],
    ['CR before LF', 'a\r\nb\r\n', at([0, 'a'], [3, 'b'])],
    ['CR alone inside a line', 'a\rb\nc', at([0, 'a\rb'], [4, 'c'])],
    ['CR at the very end', 'a\r', at([0, 'a'])],
    ['blank lines between', 'a\n\n\r\nb', at([0, 'a'], [5, 'b'])],
    ['a byte order mark', `${BYTE_ORDER_MARK}a\nb`, at([3, 'a'], [5, 'b'])],
    ['a byte order mark further on', `a\n${BYTE_ORDER_MARK}b`, at([0, 'a'], [2, '\ufeffb'])],
    [
      'separators that end no line',
      'a\u2028b\u2029c\u0085d\ve\ff',
      at([0, 'a\u2028b\u2029c\u0085d\ve\ff']),
    ],
    ['a line of spaces', '  \na', at([0, '  '], [3, 'a'])],
  ])('are right with %s', async (_, text, expected) => {
    expect(await linesOf(Buffer.from(text))).toEqual(expected);
  });

  it('keep a character whole wherever it is cut', async () => {
    const bytes = Buffer.from('{"a":"漢字 – 🎬é"}\n{"b":1}');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const found = await linesOf(bytes, [cut / bytes.length]);
      expect(found.map(({ text }) => text)).toEqual(['{"a":"漢字 – 🎬é"}', '{"b":1}']);
    }
  });

  it('are whole though they come a byte at a time, and no longer than they may be', async () => {
    const bytes = Buffer.from(`${'x'.repeat(300_000)}\ny`);
    const single = () => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    const found = await Array.fromAsync(splitLines(single()));
    expect(found.map((line) => line.bytes.length)).toEqual([300_000, 1]);
    const short = await Array.fromAsync(splitLines(single(), 1_000));
    expect(short).toMatchObject([
      { bytes: { length: 1_000 }, isCut: true },
      { offsetBytes: 300_001, bytes: { length: 1 } },
    ]);
  });

  it('come as raw bytes, valid UTF-8 or not', async () => {
    const bytes = Uint8Array.from([0xff, 0xc3, 0x0a, 0xef, 0xbb]);
    const found = await Array.fromAsync(splitLines(pieces(bytes, [0.5])));
    expect(found.map((line) => [...line.bytes])).toEqual([
      [0xff, 0xc3],
      [0xef, 0xbb],
    ]);
  });

  it('end in the error of the source, after the lines that were whole', async () => {
    async function* broken() {
      yield Buffer.from('a\nb');
      throw new Error('cut');
    }
    const found: string[] = [];
    const read = async () => {
      for await (const { bytes } of splitLines(broken())) found.push(Buffer.from(bytes).toString());
    };
    await expect(read()).rejects.toThrow('cut');
    expect(found).toEqual(['a']);
  });

  it('come one by one: a reader that stops early stops the source', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1;
        yield Buffer.from('line\n');
      }
    }
    for await (const _ of splitLines(endless())) break;
    expect(given).toBe(1);
  });
});

function at(...lines: readonly [number, string][]): FoundLine[] {
  return lines.map(([offsetBytes, text]) => ({ offsetBytes, text }));
}

async function linesOf(bytes: Uint8Array, cuts: readonly number[] = []): Promise<FoundLine[]> {
  const found = await Array.fromAsync(splitLines(pieces(bytes, cuts)));
  return found.map(({ offsetBytes, bytes: raw }) => ({
    offsetBytes,
    text: Buffer.from(raw).toString(),
  }));
}

/** The bytes, cut at these fractions of their length; the same twice makes an empty piece. */
async function* pieces(bytes: Uint8Array, cuts: readonly number[]) {
  const places = cuts.map((cut) => Math.round(cut * bytes.length)).sort((a, b) => a - b);
  let start = 0;
  for (const end of [...places, bytes.length]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

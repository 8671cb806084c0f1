import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analysisResult } from '../../../shared/analysis.ts';
import { keepAnswer, readAnswer } from '../../../shared/answer.ts';
import { createSegmentStore } from '../../../shared/store/segments.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { anAnalysis } from '../../support/rows.ts';

const asksForText = { analysisMode: 'general' } as const;
const asksForJson = { analysisMode: 'general', asksForJson: true } as const;
const segmenting = { analysisMode: 'time_based_metadata' } as const;

describe('an answer in words', () => {
  it.each(['A goal.', '', '{"looks": "like JSON"}', '漢字 🎬\u0000'])(
    'is kept as it is: %j',
    (text) => {
      expect(readAnswer(text, asksForText)).toEqual({ kind: 'text', text });
    },
  );
});

describe('half a character, cut by the model', () => {
  it.each<[string, string, typeof asksForText | typeof asksForJson, object]>([
    ['in words', 'goal \ud83d', asksForText, { kind: 'text', text: 'goal \ufffd' }],
    ['in JSON', '["\\ud83d", "🎬"]', asksForJson, { kind: 'json', json: ['\ufffd', '🎬'] }],
  ])('%s is U+FFFD in a row', (_, data, how, expected) => {
    expect(readAnswer(data, how)).toEqual(expected);
  });
});

describe('an answer in JSON', () => {
  it('is kept as the value it is, whatever it is', async () => {
    const values = fc.jsonValue({ noUnicodeString: false }).filter((it) => isSmall(it));
    await fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        expect(readAnswer(text, asksForJson)).toEqual({ kind: 'json', json: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['is cut, as at the last token', '{"goals": [1, 2', 'not JSON'],
    ['is empty', '', 'not JSON'],
    ['is fenced', '```json\n{}\n```', 'not JSON'],
    ['has a number that no row takes', '{"views": 12345678901234567890}', 'out of the range'],
    ['has a number next to 0', '[1e-200]', 'out of the range'],
    ['has a key that the SDK stumbles over', '{"constructor":"Ferrari","year":1}', 'constructor'],
    ['has a key that the SDK loses', '[{"a":{"__proto__":1}}]', '0.a: a key __proto__'],
    ['has a key with half a character', '{"\\ud83d":1}', 'a key with half a character'],
    ['nests deeper than a row may', nested(40), 'nests too deep'],
    ['nests deeper than a stack may', nested(100_000), 'nests too deep'],
  ])('that %s is kept as text, with the reason', (_, text, reason) => {
    const unparsedBecause = expect.stringContaining(reason);
    expect(readAnswer(text, asksForJson)).toEqual({ kind: 'text', text, unparsedBecause });
  });

  it.each([
    ['the largest number', String(Number.MAX_SAFE_INTEGER)],
    ['the smallest', String(Number.MIN_SAFE_INTEGER)],
    ['nothing', '0'],
    ['less than nothing', '-0.5'],
    ['as deep as a row may be', nested(28)],
  ])('may be %s', (_, text) => {
    expect(readAnswer(text, asksForJson)).toHaveProperty('json');
  });
});

describe('an answer in segments', () => {
  it('is read as it was asked for', () => {
    const text = JSON.stringify({
      goal: [
        { start_time: 1.5, end_time: 8, metadata: { team: 'home', minute: 12 } },
        { start_time: 60, end_time: 64.25 },
      ],
      foul: [{ start_time: 0, end_time: 2, metadata: null }],
    });
    expect(readAnswer(text, segmenting)).toEqual({
      kind: 'segments',
      segments: [
        {
          definition: 'goal',
          startSeconds: 1.5,
          endSeconds: 8,
          fields: { team: 'home', minute: 12 },
        },
        { definition: 'goal', startSeconds: 60, endSeconds: 64.25, fields: {} },
        { definition: 'foul', startSeconds: 0, endSeconds: 2, fields: {} },
      ],
    });
  });

  it.each([
    ['no definition', '{}'],
    ['a definition that found nothing', '{"goal":[]}'],
  ])('may hold %s', (_, text) => {
    expect(readAnswer(text, segmenting)).toEqual({ kind: 'segments', segments: [] });
  });

  it.each([
    ['is no JSON', 'A goal.', 'not JSON'],
    ['is a list', '[]', 'top level: '],
    [
      'has a hundred thousand that are none',
      `{"goal":[${Array(100_000).fill('{}')}]}`,
      'goal.0.start_time: ',
    ],
    [
      'has a key that the SDK stumbles over',
      '{"goal":[{"start_time":1,"end_time":2,"metadata":{"constructor":{"name":"Set"}}}]}',
      'goal.0.metadata: a key constructor',
    ],
    ['lacks an end', '{"goal":[{"start_time":1}]}', 'goal.0.end_time: '],
    ['has times in words', '{"goal":[{"start_time":"00:01","end_time":2}]}', 'goal.0.start_time: '],
    [
      'has a time beyond all numbers',
      '{"goal":[{"start_time":1e300,"end_time":2}]}',
      'goal.0.start_time: ',
    ],
    [
      'has metadata in words',
      '{"goal":[{"start_time":1,"end_time":2,"metadata":"x"}]}',
      'goal.0.metadata: ',
    ],
    [
      'has a field too large',
      '{"goal":[{"start_time":1,"end_time":2,"metadata":{"n":1e99}}]}',
      'goal.0.metadata.n: ',
    ],
  ])('that %s is kept as text, with the reason, and no segment', (_, text, reason) => {
    const unparsedBecause = expect.stringContaining(reason);
    expect(readAnswer(text, segmenting)).toEqual({ kind: 'text', text, unparsedBecause });
  });
});

it('is always something that can be kept, whatever the model says', async () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  const asked = fc.constantFrom(asksForText, asksForJson, segmenting);
  await fc.assert(
    fc.asyncProperty(texts, asked, async (text, how) => {
      const analysis = anAnalysis(how);
      const results: unknown[] = [];
      const segments = createSegmentStore(createMemoryTable());
      await keepAnswer(text, analysis, text.length, segments, async (result) => {
        results.push(result);
      });
      expect(results).toHaveLength(1);
      expect(analysisResult.safeParse(results[0]).success).toBe(true);
    }),
  );
});

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

/** Whether no number in it is one that a row refuses. */
function isSmall(value: unknown): boolean {
  if (typeof value === 'number') {
    return value === 0 || (Math.abs(value) > 1e-100 && Math.abs(value) < 2 ** 53);
  }
  return typeof value !== 'object' || value === null || Object.values(value).every(isSmall);
}

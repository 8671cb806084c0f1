import type { Chance } from './chance.ts';

/** What an analysis asks the model for. */
export type Asks = 'text' | 'json' | 'segments';

/** A stretch as the model words it. */
export interface SaidSegment {
  readonly definition: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the model answers, and what must be kept of it. */
export interface Answer {
  readonly data: string;
  readonly kept: Kept;
}

export type Kept =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'segments'; readonly segments: readonly SaidSegment[] }
  /** Not what was asked for: the text that it is. */
  | { readonly kind: 'unparsed'; readonly text: string }
  /** Segments that no row can hold: in the archive alone. */
  | { readonly kind: 'unstorable'; readonly segments: readonly SaidSegment[] };

const WORDS = [
  'the keeper',
  'läuft',
  'straße – «but»',
  '漢字かな',
  '🎬🏳️‍🌈',
  '"quoted" \\ and /',
  'a\nb\r\n',
  '\u2028\u2029\u0085',
  '\t\u0000\u001f',
  'é'.normalize('NFD'),
] as const;

/** The length of an answer, in characters or so. */
export type Size = 'small' | 'large' | 'huge';
const SIZES = { small: [0, 400], large: [40_000, 200_000], huge: [2e6, 4e6] } as const;

/** An answer to what was asked, or one in twelve that is not. */
export function anAnswer(chance: Chance, asks: Asks, size: Size): Answer {
  const text = aText(chance, size);
  if (asks === 'text') return { data: text, kept: { kind: 'text', text } };
  if (chance.is(1 / 12)) return unparsed(notWhatWasAsked(chance, asks, text));
  if (asks === 'json') {
    const json = { text, list: [1, null, -0.5, { deep: [[[true]]] }], count: chance.whole(0, 1e9) };
    return { data: JSON.stringify(json), kept: { kind: 'json', json } };
  }
  return segmentation(chance, text, chance.is(0.04) ? 'd'.repeat(1_200) : 'goal');
}

function unparsed(data: string): Answer {
  return { data, kept: { kind: 'unparsed', text: data } };
}

function notWhatWasAsked(chance: Chance, asks: Asks, text: string): string {
  if (asks === 'segments')
    return chance.pick(['[]', '{"goal":[{"start_time":"1"}]}', text, 'null']);
  return chance.pick([
    `{"cut":${JSON.stringify(text)}`,
    '{"far":1e300}',
    '['.repeat(40) + ']'.repeat(40),
  ]);
}

function segmentation(chance: Chance, text: string, first: string): Answer {
  const lists: Record<string, object[]> = {};
  const segments: SaidSegment[] = [];
  for (const definition of [first, 'foul', 'é – 漢'].slice(0, chance.whole(1, 3))) {
    const found: object[] = [];
    lists[definition] = found;
    for (let left = chance.whole(0, 6); left > 0; left -= 1) {
      const start_time = chance.whole(0, 40) / 8;
      const end_time = start_time + chance.whole(0, 100);
      const metadata = chance.is(0.8)
        ? { text: text.slice(0, 5_000), at: [left, null] }
        : undefined;
      found.push({ start_time, end_time, ...(metadata && { metadata }) });
      // It may be cut in the middle of a character, which no row holds.
      const fields = metadata ? { ...metadata, text: metadata.text.toWellFormed() } : {};
      segments.push({ definition, startSeconds: start_time, endSeconds: end_time, fields });
    }
  }
  const isUnstorable = segments.some(({ definition }) => definition.length > 1_000);
  return {
    data: JSON.stringify(lists),
    kept: { kind: isUnstorable ? 'unstorable' : 'segments', segments },
  };
}

function aText(chance: Chance, size: Size): string {
  const [least, most] = SIZES[size];
  const length = chance.whole(least, most);
  let phrase = '';
  while (phrase.length < Math.min(length, 500)) phrase += `${chance.pick(WORDS)} `;
  return phrase.repeat(Math.ceil(length / 500));
}

import { fractionOf } from '../../../local/twelvelabs/chance.ts';

/** The results of one batch, made up: the same each time. */
export interface Workload {
  readonly lines: number;
  /** What each text takes in UTF-8; a phrase less at most. */
  readonly textBytes: number;
}

const SEED = 20_261_121;
/** Our id of the batch that is collected. */
export const BATCH_ID = '4be0c1f2-6a57-4a1e-9d3c-0f5b8e7a2d61';

const PHRASES = [
  'The camera follows the home team down the left wing. ',
  'Ein Elfmeter in der 83. Minute – und er ist drin! ',
  '後半の開始直後、観客席から大きな歓声が上がる。',
  'L’arbitre siffle, “hors-jeu”, et le public proteste. ',
  '実況「同点ゴール!」と叫び、選手たちが抱き合う。',
  '⚽🥅🎉 ',
  'Þrjú mörk á tíu mínútum; señor Muñoz no lo cree. ',
  '👩‍👩‍👧‍👦🏟️ waving flags 🇯🇵🇮🇸\n',
  'スローモーションで、もう一度。 Replay "from behind the goal". ',
];
const PHRASE_BYTES = PHRASES.map((phrase) => Buffer.byteLength(phrase));

/** The text of one line: phrases in Latin letters, Japanese and emoji, in a seeded order. */
export function textAt(index: number, { textBytes }: Workload): string {
  let state = Math.floor(fractionOf(SEED, index, textBytes) * 2 ** 32);
  let text = '';
  for (let bytes = 0; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const chosen = (state >>> 16) % PHRASES.length;
    bytes += PHRASE_BYTES[chosen] ?? 0;
    if (bytes > textBytes) return text;
    text += PHRASES[chosen];
  }
}

/** The `custom_id` of one line, as the batcher would have given it in this batch. */
export function customIdAt(index: number): string {
  return `${String(index).padStart(22, '0')}-${BATCH_ID}`;
}

/** One line as the provider writes it, without its end. */
export function lineAt(index: number, workload: Workload): string {
  return JSON.stringify({
    task_id: idOf(index),
    custom_id: customIdAt(index),
    status: 'ready',
    data: {
      generation_id: idOf(workload.lines + index),
      data: textAt(index, workload),
      finish_reason: 'stop',
      usage: { output_tokens: 150, input_tokens: 45 },
    },
  });
}

/** All that the provider sends: no newline follows the last line. */
export function bodyOf(workload: Workload): Buffer {
  const pieces: Buffer[] = [];
  for (let index = 0; index < workload.lines; index++) {
    pieces.push(Buffer.from(`${index === 0 ? '' : '\n'}${lineAt(index, workload)}`));
  }
  return Buffer.concat(pieces);
}

/** The provider's id of the batch whose results are a workload. */
export function providerBatchIdOf({ lines, textBytes }: Workload): string {
  return `${lines}x${textBytes}`;
}

/** The workload that is the results of a batch of the provider's. */
export function workloadOf(providerBatchId: string): Workload {
  const [lines = 0, textBytes = 0] = providerBatchId.split('x').map(Number);
  return { lines, textBytes };
}

function idOf(number: number): string {
  return number.toString(16).padStart(24, '6');
}

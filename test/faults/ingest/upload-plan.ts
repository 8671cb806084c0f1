import type { SeededDice } from '../seeded-dice.ts';
import { withText } from './tiny-clip.ts';

/** One write of an object, and how its event is delivered. */
export interface PlannedUpload {
  readonly key: string;
  /** 0 for the first write of its key. */
  readonly ordinal: number;
  readonly atSecond: number;
  readonly content: 'video' | 'text' | 'empty';
  /** When its event is delivered again, in seconds after it was first. */
  readonly copiesAfterSeconds: readonly number[];
}

/** Objects are written within so long. */
const WRITTEN_WITHIN_SECONDS = 120;
const TEXT_SHARE = 0.05;
const EMPTY_SHARE = 0.03;
const OVERWRITTEN_SHARE = 0.05;
const OVERWRITTEN_WITHIN_SECONDS = 300;
const MOST_COPIES = 4;
/** Copies that come while the first delivery is being handled. */
const AT_ONCE_SHARE = 0.3;
const COPIED_WITHIN_SECONDS = 600;

/** The uploads of a campaign, in the order of their time: of each key its writes one after another. */
export function planUploads(objects: number, dice: SeededDice): PlannedUpload[] {
  return Array.from({ length: objects }, (_, number) => writesOf(number, dice))
    .flat()
    .toSorted((a, b) => a.atSecond - b.atSecond);
}

/** The bytes of an upload: of no two writes of a key the same, and not even as many. */
export function bytesOf({ key, ordinal, content }: PlannedUpload, clip: Uint8Array): Uint8Array {
  if (content === 'empty') return new Uint8Array();
  const text = `${key}, written anew ${'again '.repeat(ordinal)}`;
  return content === 'text' ? Buffer.from(text) : withText(clip, text);
}

function writesOf(number: number, dice: SeededDice): PlannedUpload[] {
  const key = keyOf(number);
  const atSecond = dice.whole(0, WRITTEN_WITHIN_SECONDS - 1, 'written', key);
  const first = planWrite(key, 0, atSecond, dice);
  if (dice.fraction('overwritten', key) >= OVERWRITTEN_SHARE) return [first];
  const later = dice.whole(1, OVERWRITTEN_WITHIN_SECONDS, 'overwritten after', key);
  const second = planWrite(key, 1, atSecond + later, dice);
  // The same nothing twice is no other upload.
  const isSame = first.content === 'empty' && second.content === 'empty';
  return isSame ? [first] : [first, second];
}

/** Some keys need the encoding that S3's events have. */
function keyOf(number: number): string {
  return number % 10 === 0 ? `Köln & ${number} + 1%.mp4` : `clips/${number}.mp4`;
}

function planWrite(key: string, ordinal: number, atSecond: number, dice: SeededDice) {
  const kind = dice.fraction('content', key, ordinal);
  const content: PlannedUpload['content'] =
    kind < TEXT_SHARE ? 'text' : kind < TEXT_SHARE + EMPTY_SHARE ? 'empty' : 'video';
  const copies = dice.whole(0, MOST_COPIES, 'copies', key, ordinal);
  const copiesAfterSeconds = Array.from({ length: copies }, (_, copy) =>
    dice.fraction('at once', key, ordinal, copy) < AT_ONCE_SHARE
      ? 0
      : dice.whole(1, COPIED_WITHIN_SECONDS, 'copied', key, ordinal, copy),
  );
  return { key, ordinal, atSecond, content, copiesAfterSeconds };
}

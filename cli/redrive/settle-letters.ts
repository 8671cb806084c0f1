import { awsWords } from '../aws-words.ts';
import type { QueueName } from '../doctor/queues.ts';
import type { JudgedLetter } from './judge-letter.ts';
import type { LetterBox } from './letter-box.ts';

/** How far it went. */
export interface Settled {
  readonly done: number;
  /** Somebody else has taken them meanwhile. */
  readonly taken: number;
  /** What stood in the way, a line a queue: no more is done there. */
  readonly failures: readonly string[];
}

type Boxes = ReadonlyMap<QueueName, LetterBox>;

/**
 * Sends letters back to their queues, one by one: first the copy, then the letter is deleted. One who
 * dies in between leaves both, and the stage does the same thing once all the same.
 */
export async function sendBack(
  letters: readonly JudgedLetter[],
  boxes: Boxes,
  signal: AbortSignal,
): Promise<Settled> {
  return await settle(letters, boxes, signal, async (box, { letter }) => {
    await box.sendBack(letter);
    await box.remove(letter);
  });
}

/** Deletes letters for good; they are to be kept elsewhere before. */
export async function drop(
  letters: readonly JudgedLetter[],
  boxes: Boxes,
  signal: AbortSignal,
): Promise<Settled> {
  return await settle(letters, boxes, signal, (box, { letter }) => box.remove(letter));
}

async function settle(
  letters: readonly JudgedLetter[],
  boxes: Boxes,
  signal: AbortSignal,
  act: (box: LetterBox, letter: JudgedLetter) => Promise<void>,
): Promise<Settled> {
  let [done, taken] = [0, 0];
  const failures = new Map<QueueName, string>();
  for (const judged of letters) {
    const { queue } = judged.letter;
    const box = boxes.get(queue);
    if (signal.aborted) break;
    if (!box || failures.has(queue)) continue;
    try {
      // A machine may have slept since it was received, and the letter be somebody else's.
      if (await box.claim(judged.letter)) {
        await act(box, judged);
        done += 1;
      } else taken += 1;
    } catch (error) {
      failures.set(queue, `${queue}: ${awsWords(error)}`);
    }
  }
  return { done, taken, failures: [...failures.values()] };
}

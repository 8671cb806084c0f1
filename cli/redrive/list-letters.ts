import pMap from 'p-map';
import type { Store } from '../../shared/store/store.ts';
import { type JudgedLetter, judgeLetter } from './judge-letter.ts';
import type { LetterBox } from './letter-box.ts';

const ROWS_AT_ONCE = 10;

/** What was found in one queue. */
export interface FoundLetters {
  readonly judged: readonly JudgedLetter[];
  /** About how many there were before these were received. */
  readonly count: number;
  /** There may be others that were not received. */
  readonly isMore: boolean;
}

/** Takes hold of the letters of a queue, oldest first, and finds out what became of their matter. */
export async function listLetters(
  box: LetterBox,
  store: Pick<Store, 'read' | 'batchOfProvider'>,
  signal: AbortSignal,
): Promise<FoundLetters> {
  const count = await box.count();
  const isAll = await box.receive(signal);
  const letters = box.held().toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  const judged = await pMap(letters, (letter) => judgeLetter(letter, store), {
    concurrency: ROWS_AT_ONCE,
  });
  return { judged, count, isMore: !isAll };
}

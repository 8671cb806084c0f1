import type { JudgedLetter } from './judge-letter.ts';

/** What is to be done with the letters, should somebody want it. */
export interface LettersPlan {
  readonly toSend: readonly JudgedLetter[];
  readonly toDrop: readonly JudgedLetter[];
  /** Unreadable ones: sent back they would only return. */
  readonly toLeave: readonly JudgedLetter[];
}

/**
 * Which letters are sent back: all that their consumers can read, for what nobody needs does no harm.
 * With `drop`, what nobody needs or can read is deleted instead; with `force`, the unreadable go too.
 */
export function planLetters(
  judged: readonly JudgedLetter[],
  { drop, force }: { readonly drop: boolean; readonly force: boolean },
): LettersPlan {
  const isDropped = ({ kind }: JudgedLetter) => drop && kind !== 'needed';
  const isSent = (it: JudgedLetter) => !isDropped(it) && (force || it.kind !== 'unreadable');
  return {
    toSend: judged.filter(isSent),
    toDrop: judged.filter(isDropped),
    toLeave: judged.filter((it) => !isSent(it) && !isDropped(it)),
  };
}

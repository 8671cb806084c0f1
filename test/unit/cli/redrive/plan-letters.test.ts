import { expect, it } from 'vitest';
import type { JudgedLetter, LetterKind } from '../../../../cli/redrive/judge-letter.ts';
import { planLetters } from '../../../../cli/redrive/plan-letters.ts';
import { aDeadLetter } from '../../../support/dead-letters.ts';

const all = (['needed', 'superfluous', 'unreadable'] as const).map(
  (kind): JudgedLetter => ({ letter: aDeadLetter(''), kind, words: [] }),
);

it.each<[boolean, boolean, LetterKind[], LetterKind[], LetterKind[]]>([
  [false, false, ['needed', 'superfluous'], [], ['unreadable']],
  [true, false, ['needed'], ['superfluous', 'unreadable'], []],
  [false, true, ['needed', 'superfluous', 'unreadable'], [], []],
])('with drop %j and force %j sends %j, drops %j, leaves %j', (drop, force, ...expected) => {
  const { toSend, toDrop, toLeave } = planLetters(all, { drop, force });
  expect([toSend, toDrop, toLeave].map((it) => it.map(({ kind }) => kind))).toEqual(expected);
});

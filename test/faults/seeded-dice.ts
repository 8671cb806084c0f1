import { fractionOf } from '../../local/twelvelabs/chance.ts';

/**
 * Chance that repeats: the same question of the same seed always has the same answer, in whatever
 * order questions are asked.
 */
export interface SeededDice {
  /** A number from 0 up to 1. */
  fraction(...question: readonly (string | number)[]): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number, ...question: readonly (string | number)[]): number;
  /** The same elements in another order. */
  shuffled<T>(elements: readonly T[], ...question: readonly (string | number)[]): T[];
}

/** The dice of one campaign. */
export function seededDice(seed: number): SeededDice {
  const fraction = (...question: readonly (string | number)[]) => fractionOf(seed, ...question);
  const whole: SeededDice['whole'] = (least, most, ...question) =>
    least + Math.floor(fraction(...question) * (most - least + 1));
  return {
    fraction,
    whole,
    shuffled(elements, ...question) {
      const order = [...elements];
      for (let last = order.length - 1; last > 0; last--) {
        const other = whole(0, last, ...question, last);
        [order[last], order[other]] = [order[other] as never, order[last] as never];
      }
      return order;
    },
  };
}

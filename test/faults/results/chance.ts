/** Chance within one case, drawn in order: the same seed and number always draw the same. */
export interface Chance {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in so much of the draws. */
  is(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** One of the names, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  shuffled<T>(elements: readonly T[]): T[];
}

/** The chance of one case: thousands of draws for the price of one hash of the seeded dice. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  // mulberry32
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole: Chance['whole'] = (least, most) =>
    least + Math.floor(fraction() * (most - least + 1));
  return {
    whole,
    is: (probability) => fraction() < probability,
    pick: (choices) => choices[whole(0, choices.length - 1)] ?? choices[0],
    weighted: (weights) => {
      const entries = Object.entries<number>(weights) as [keyof typeof weights, number][];
      const sum = entries.reduce((total, [, weight]) => total + weight, 0);
      let left = fraction() * sum;
      const chosen = entries.find(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      return (chosen ?? entries[0] ?? raise())[0];
    },
    shuffled: (elements) => {
      const order = [...elements];
      for (let last = order.length - 1; last > 0; last--) {
        const other = whole(0, last);
        [order[last], order[other]] = [order[other] as never, order[last] as never];
      }
      return order;
    },
  };
}

function raise(): never {
  throw new RangeError('nothing to choose from');
}

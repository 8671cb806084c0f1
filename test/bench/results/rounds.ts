import { percentile } from '../../faults/percentiles.ts';

/** One of those that are compared. */
export interface Contender<T> {
  readonly name: string;
  readonly run: () => Promise<T>;
}

/** What a contender took, in the order of the rounds. */
export interface Entry<T> {
  readonly name: string;
  readonly rounds: readonly T[];
}

/** Lets all of them run in turn, once a round, in every other round from the last to the first. */
export async function runRounds<T>(
  contenders: readonly Contender<T>[],
  rounds: number,
  onRun: (words: string) => void,
): Promise<Entry<T>[]> {
  const entries = contenders.map(({ name, run }) => ({ name, run, rounds: [] as T[] }));
  for (let round = 0; round < rounds; round++) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      onRun(`round ${round + 1} of ${rounds}: ${entry.name}`);
      entry.rounds.push(await entry.run());
    }
  }
  return entries;
}

/** The figure in the middle of all rounds. */
export function median<T>({ rounds }: Entry<T>, figure: (of: T) => number): number {
  return percentile(rounds.map(figure), 0.5);
}

/** The ratio in the middle, each of two runs of one round. */
export function medianRatio<T>(of: Entry<T>, to: Entry<T>, figure: (of: T) => number): number {
  const ratios = of.rounds.map((it, round) => {
    const other = to.rounds[round];
    return other ? figure(it) / figure(other) : Number.NaN;
  });
  return percentile(ratios, 0.5);
}

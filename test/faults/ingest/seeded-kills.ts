import type { FunctionLogLine } from '../../../local/cloud/functions/invocation.ts';
import type { SeededDice } from '../seeded-dice.ts';

/** Of one function: how often it is killed, and among how many of its first log lines. */
export interface WishedKills {
  readonly functionName: string;
  readonly times: number;
  readonly amongLines: number;
}

/** Kills functions in the middle of their work. */
export interface SeededKills {
  /** To be told of each line that a function logs: it is busy then. */
  hear(line: FunctionLogLine): void;
  /** How many invocations each kill ended, by function. */
  readonly struck: ReadonlyMap<string, readonly number[]>;
}

/** Chooses the log lines at which functions die: whatever is under way in all of their environments. */
export function seededKills(
  wishes: readonly WishedKills[],
  dice: SeededDice,
  kill: (functionName: string) => number,
): SeededKills {
  const struck = new Map<string, number[]>();
  const plans = wishes.map(({ functionName, times, amongLines }) => {
    const at = Array.from({ length: times }, (_, kill) =>
      dice.whole(1, amongLines, 'kill', functionName, kill),
    );
    struck.set(functionName, []);
    return { functionName, at: new Set(at), lines: 0 };
  });
  return {
    struck,
    hear({ functionLogicalId, stream }) {
      const plan = plans.find((it) => functionLogicalId.startsWith(it.functionName));
      if (!plan || stream !== 'stdout') return;
      plan.lines += 1;
      if (plan.at.has(plan.lines)) struck.get(plan.functionName)?.push(kill(plan.functionName));
    },
  };
}

/** A line for each function that was killed: how often, and how many invocations that ended. */
export function killRows({ struck }: SeededKills): [string, number, number][] {
  return [...struck].map(([name, ended]) => [
    name,
    ended.length,
    ended.reduce((sum, each) => sum + each, 0),
  ]);
}

import { parseArgs } from 'node:util';
import { benchBatcher } from './batcher/batcher.ts';
import { benchCold } from './cold/cold.ts';
import { benchMemory } from './memory/memory.ts';
import { benchOperations } from './operations/operations.ts';
import { benchResults } from './results/results.ts';

const benches = {
  batcher: benchBatcher,
  cold: benchCold,
  operations: benchOperations,
  memory: benchMemory,
  results: benchResults,
};

type Name = keyof typeof benches;

const usage = `npm run bench -- BENCH [--rounds N] [--seed N]

  batcher   calls, time and memory for 100, 10,000 and 100,000 analyses that wait at once
  cold      size and loading time of each function's bundle, beside a kitchen-sink build of it;
            15 rounds, or as many as --rounds says, shuffled by --seed
  memory    the most memory that each function takes under heavy load, and what it has
  results   time and memory for reading and collecting 100 MB of results, beside the official SDK;
            5 rounds, or as many as --rounds says
  operations  what idle hours and 1,000 videos ask of AWS; writes cli/cost/operations.json, from
            which \`npm run cost\` reckons

Figures are printed and not judged. The exit code is 1 when something was lost or doubled, or when a
function takes more than 80 % of its memory.`;

/** What a bench found. */
export interface Outcome {
  /** What was lost or doubled, or came near its limit, in words; nothing on a good day. */
  readonly broken: readonly string[];
}

/** The options that a bench has, and what they are when nobody says. */
const defaults: Readonly<Record<Name, { readonly rounds?: number; readonly seed?: number }>> = {
  batcher: {},
  operations: {},
  cold: { rounds: 15, seed: Math.floor(Math.random() * 2 ** 31) },
  memory: {},
  results: { rounds: 5 },
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const chosen = parse(args);
  if (!chosen) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { broken } = await benches[chosen.name](chosen.rounds, chosen.seed);
  print(broken.length === 0 ? '\nNothing is broken.' : '\nBroken:');
  for (const words of broken) print(`  ${words}`);
  return broken.length === 0 ? 0 : 1;
}

/** The bench and its options; undefined where the arguments make no sense. */
function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: { type: 'string' }, seed: { type: 'string' } },
    });
    const [name = '', ...others] = positionals;
    if (!Object.hasOwn(benches, name) || others.length > 0) return undefined;
    const options = defaults[name as Name];
    if (Object.keys(values).some((option) => !(option in options))) return undefined;
    const { rounds = options.rounds ?? 1, seed = options.seed ?? 0 } = values;
    if (!/^[1-9]\d?$/.test(String(rounds)) || !/^\d{1,10}$/.test(String(seed))) return undefined;
    return { name: name as Name, rounds: Number(rounds), seed: Number(seed) };
  } catch {
    return undefined;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

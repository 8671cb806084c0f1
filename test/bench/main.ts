import { parseArgs } from 'node:util';
import { benchBatcher } from './batcher/batcher.ts';
import { benchOperations } from './operations/operations.ts';
import { benchResults } from './results/results.ts';

const benches = { batcher: benchBatcher, results: benchResults, operations: benchOperations };

const usage = `npm run bench -- BENCH [--rounds N]

  batcher   calls, time and memory for 100, 10,000 and 100,000 analyses that wait at once
  results   time and memory for reading and collecting 100 MB of results, beside the official SDK;
            5 rounds, or as many as --rounds says
  operations  what idle hours and 1,000 videos ask of AWS; writes cli/cost/operations.json, from
            which \`npm run cost\` reckons

Figures are printed and not judged. The exit code is 1 when something was lost or doubled.`;

/** What a bench found. */
export interface Outcome {
  /** What was lost or doubled, in words; nothing on a good day. */
  readonly broken: readonly string[];
}

const ROUNDS = 5;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const chosen = parse(args);
  if (!chosen) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { broken } = await benches[chosen.name](chosen.rounds);
  print(broken.length === 0 ? '\nNothing was lost or doubled.' : '\nBroken:');
  for (const words of broken) print(`  ${words}`);
  return broken.length === 0 ? 0 : 1;
}

/** The bench and its rounds; undefined where the arguments make no sense. */
function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: { type: 'string' } },
    });
    const [name = '', ...others] = positionals;
    const rounds = values.rounds ?? String(ROUNDS);
    if (!Object.hasOwn(benches, name) || others.length > 0) return undefined;
    if (!/^[1-9]\d?$/.test(rounds) || (values.rounds && name !== 'results')) return undefined;
    return { name: name as keyof typeof benches, rounds: Number(rounds) };
  } catch {
    return undefined;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

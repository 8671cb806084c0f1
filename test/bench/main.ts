import { benchBatcher } from './batcher/batcher.ts';

const benches = { batcher: benchBatcher };

const usage = `npm run bench -- BENCH

  batcher   calls, time and memory for 100, 10,000 and 100,000 analyses that wait at once

Figures are printed and not judged. The exit code is 1 when something was lost or doubled.`;

/** What a bench found. */
export interface Outcome {
  /** What was lost or doubled, in words; nothing on a good day. */
  readonly broken: readonly string[];
}

process.exitCode = await main(process.argv.slice(2));

async function main([name = '', ...others]: readonly string[]): Promise<number> {
  if (!Object.hasOwn(benches, name) || others.length > 0) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { broken } = await benches[name as keyof typeof benches]();
  print(broken.length === 0 ? '\nNothing was lost or doubled.' : '\nBroken:');
  for (const words of broken) print(`  ${words}`);
  return broken.length === 0 ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

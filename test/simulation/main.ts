import { parseArgs } from 'node:util';
import { allCells, type Extent, runCell } from './cells.ts';
import { cellTable, summaryTable } from './report.ts';

const usage = `npm run simulate -- [--quick] [--seed N] [--turnaround-seconds N]

Simulates how long analyses wait with our policy for partial batches and with others, for several
turnarounds of the provider, loads, backlogs at the start, and one or two analysis modes.

  --quick                 a rough picture within seconds
  --seed N                other arrivals and turnarounds; 1 unless told
  --turnaround-seconds N  the mean turnaround of a full batch; 1800 unless told

The exit code is 1 when an invariant broke. Ratios are printed and not judged.`;

const explanation = `Waiting is from being queued to the end of the batch; "queue" is the mean of the part before the
batch is sent. All in seconds. The load is in % of what five slots of full batches can take. The
last columns are mean waits, divided by the smallest of the row. Measured is what is queued in the
first 80 % of the time; with a small backlog at the start, the first 10 % are left out. What is not
sent by the end counts as sent then ("only full" never sends its last ones).`;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const extent = parse(args);
  if (typeof extent === 'string') {
    process.stderr.write(`${extent}\n`);
    return 2;
  }
  const { seeds, turns, fullSeconds } = extent;
  print(
    `Seeds ${seeds.join(', ')}; ${turns} turnarounds of ${fullSeconds} s each.\n${explanation}`,
  );
  const byModel = Map.groupBy(allCells(extent), ({ turnaround }) => turnaround.name);
  const all = [...byModel].flatMap(([name, cells]) => {
    const results = cells.map((cell) => runCell(cell, extent));
    print(`\nTurnaround ${name}\n\n${cellTable(results)}`);
    return results;
  });
  print(`\nWorst cells, in multiples of the best policy there\n\n${summaryTable(all)}`);
  const broken = new Set(all.flatMap((result) => result.broken));
  print(broken.size === 0 ? '\nEvery invariant held.' : '\nBroken:');
  for (const words of broken) print(`  ${words}`);
  return broken.size === 0 ? 0 : 1;
}

/** What is to be simulated, or what is wrong with the arguments. */
function parse(args: readonly string[]): Extent | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        seed: { type: 'string', default: '1' },
        'turnaround-seconds': { type: 'string', default: '1800' },
      },
    });
    const { seed, quick, 'turnaround-seconds': seconds } = values;
    if (!/^\d{1,6}$/.test(seed)) return `--seed takes a whole number, not ${seed}`;
    if (!/^[1-9]\d{1,4}$/.test(seconds)) return `--turnaround-seconds takes 10 to 99999`;
    const [first, fullSeconds] = [Number(seed), Number(seconds)];
    if (quick) return { seeds: [first], turns: 20, fullSeconds };
    return { seeds: [first, first + 1, first + 2], turns: 40, fullSeconds };
  } catch (error) {
    return `${(error as Error).message}\n\n${usage}`;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

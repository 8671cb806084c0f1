import { parseArgs } from 'node:util';
import { runBatcher } from './batcher/batcher.ts';
import { runBoundaries } from './boundaries/boundaries.ts';
import { runIngest } from './ingest/ingest.ts';
import { runLargeUpload } from './large-upload/large-upload.ts';
import { runRecovery } from './recovery/recovery.ts';
import { runResults } from './results/results.ts';
import { runWebhooks } from './webhooks/webhooks.ts';

const campaigns = {
  batcher: runBatcher,
  ingest: runIngest,
  'large-upload': runLargeUpload,
  boundaries: runBoundaries,
  results: runResults,
  webhooks: runWebhooks,
  recovery: runRecovery,
};

const usage = `npm run faults -- CAMPAIGN [--seed N]

  batcher        creates by the thousand whose answer is lost, poisoned videos at every place of a
                 batch, an account whose slots strangers take
  ingest         uploads by the thousand, delivered twice and in disorder, while replies are lost,
                 requests refused and functions killed
  boundaries     the batcher struck before, after and at every call that it makes, and twice in a row;
                 there is no chance in it
  large-upload   5 GB in chunks, its function killed twice on the way
  results        results by the thousand that are cut, torn, doubled, garbled and contradicted, and
                 batches of 1,000 that end before all of it is done
  webhooks       the same work with webhooks lost, late, doubled and forged, our own messages lost, the
                 clock stopped: how late results are then, and that nobody gets in
  recovery       the whole pipeline, each function killed at each of its side effects, found by watching
                 it, and the message lost that it was handed; then twice and three times in a life

The seed of a campaign is printed, and repeats its choices. The exit code is 1 when an invariant broke.`;

/** What a campaign found. */
export interface Outcome {
  /** The invariants that broke, in words; none on a good day. */
  readonly broken: readonly string[];
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const chosen = parse(args);
  if (typeof chosen === 'string') {
    console.error(chosen);
    return 2;
  }
  const { name, seed } = chosen;
  console.log(`Campaign ${name}, seed ${seed}\n`);
  const { broken } = await campaigns[name](seed);
  console.log(broken.length === 0 ? '\nEvery invariant held.' : '\nBroken:');
  for (const words of broken) console.log(`  ${words}`);
  return broken.length === 0 ? 0 : 1;
}

/** The campaign and its seed, or what is wrong with the arguments. */
function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { seed: { type: 'string' } },
    });
    const [name = '', ...others] = positionals;
    if (!Object.hasOwn(campaigns, name) || others.length > 0) return usage;
    const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
    if (!/^\d{1,10}$/.test(seed)) return `--seed takes a whole number, not ${seed}`;
    return { name: name as keyof typeof campaigns, seed: Number(seed) };
  } catch (error) {
    return `${(error as Error).message}\n\n${usage}`;
  }
}

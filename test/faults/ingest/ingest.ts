import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../../local/synthesize.ts';
import type { Outcome } from '../main.ts';
import { burstAtTheRate } from './rate-burst.ts';
import { shuffledDeliveries } from './shuffled-deliveries.ts';
import { makeTinyClip } from './tiny-clip.ts';

/** Uploads by the thousand, in two scenarios that each have a pipeline of their own. */
export async function runIngest(seed: number): Promise<Outcome> {
  const startedMs = Date.now();
  await using directory = await temporaryDirectory();
  const assemblyDirectory = join(directory.path, 'cdk.out');
  await synthesize(assemblyDirectory);
  const clip = await makeTinyClip();
  const broken = [
    ...(await shuffledDeliveries(assemblyDirectory, clip, seed)),
    ...(await burstAtTheRate(assemblyDirectory, clip)),
  ];
  console.log(`\nTook ${Math.round((Date.now() - startedMs) / 1000)} s.`);
  return { broken };
}

async function temporaryDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'reelbatch-ingest-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

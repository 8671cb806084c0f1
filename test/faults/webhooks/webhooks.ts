import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../../local/synthesize.ts';
import { makeTinyClip } from '../ingest/tiny-clip.ts';
import type { Outcome } from '../main.ts';
import { type Lived, liveWorld } from './live-world.ts';
import { brokenIn, requestsIn, worldTable } from './world-report.ts';
import { ALL_LOST, FORGED_ONLY, worlds } from './worlds.ts';

/** The same work in worlds whose webhooks, messages and clock are struck in one way each, and in all. */
export async function runWebhooks(seed: number): Promise<Outcome> {
  const startedMs = Date.now();
  await using directory = await temporaryDirectory();
  const assemblyDirectory = join(directory.path, 'cdk.out');
  await synthesize(assemblyDirectory);
  const clip = await makeTinyClip();
  const lived: Lived[] = [];
  for (const world of worlds) {
    lived.push(await liveWorld(world, { seed, assemblyDirectory, clip }));
    console.log(`  lived: ${world.name}, ${Math.round(lived.at(-1)?.wallSeconds ?? 0)} s`);
  }
  console.log(`\n${worldTable(lived)}\n`);
  for (const each of lived) {
    if ([ALL_LOST, FORGED_ONLY].includes(each.world.name)) {
      console.log(`  asked where webhooks are ${each.world.name}: ${requestsIn(each)}`);
    }
  }
  console.log(`\n${LEGEND}\n\nTook ${Math.round((Date.now() - startedMs) / 1000)} s.`);
  return { broken: brokenIn(lived) };
}

const LEGEND = `  Line to row: from the moment that the provider has the line of an item until its analysis is ready.
  End of batch: from the provider's completed_at until the last analysis of the batch is ready.
  Messages of our queues that are lost are never delivered again. S3's own events are not among them:
  S3 keeps its event until it is taken, and before that there is no row that could come due.`;

async function temporaryDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'reelbatch-webhooks-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

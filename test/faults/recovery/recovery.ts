import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../../local/synthesize.ts';
import { alignedTable } from '../aligned-table.ts';
import type { Outcome } from '../main.ts';
import { seededDice } from '../seeded-dice.ts';
import { Struck } from './calls.ts';
import { dieAgain } from './die-again.ts';
import { type RecoveryPipeline, startRecoveryPipeline } from './recovery-pipeline.ts';
import { scenarios } from './scenarios.ts';
import { dieEverywhere, type Tally } from './single-deaths.ts';

const HEAD = ['scenario', 'invocations', 'new', 'requests', 'boundaries', 'struck'];

/**
 * Kills each function of the pipeline at each of its side effects, with the message lost that it was
 * handed; then some that rescue what others left, twice and three times in a life.
 */
export async function runRecovery(seed: number): Promise<Outcome> {
  const startedMs = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'reelbatch-recovery-'));
  try {
    const directory = join(folder, 'cdk.out');
    await synthesize(directory);
    await using pipeline = await startRecoveryPipeline(directory);
    const tallies = await liveThemAll(pipeline, seed);
    const rows = tallies.flatMap(({ rows }) => rows);
    console.log(`\n${alignedTable([[...HEAD, 'broken', 'calm, min', 'longest, min'], ...rows])}`);
    console.log(explanation);
    console.log(`\nTook ${Math.round((Date.now() - startedMs) / 1000)} s.`);
    return { broken: tallies.flatMap(({ broken }) => broken) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const explanation = `
  new: an invocation that makes the requests of an earlier one of its function is not struck again.
  boundaries: before its first request, and before and after each that changes something; a life each.
  After one that the next change follows at once is not told apart from before that next one.
  Lost with the function: its messages, for good; a tick of the clock; a webhook with all its retries.
  Kept: only an S3 event whose upload has no row yet, for nobody else knows of it; SQS gives it again.`;

async function liveThemAll(pipeline: RecoveryPipeline, seed: number): Promise<Tally[]> {
  const struck = new Struck();
  const tallies: Tally[] = [];
  for (const scenario of scenarios) {
    const tally = await dieEverywhere(pipeline, scenario, struck);
    console.log(`${scenario.name}: ${tally.lives.length} lives`);
    tallies.push(tally);
  }
  const lives = tallies.flatMap((tally) => tally.lives);
  tallies.push(await dieAgain(pipeline, lives, struck, seededDice(seed)));
  return tallies;
}

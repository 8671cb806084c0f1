import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesize } from '../../../local/synthesize.ts';
import { seededDice } from '../../faults/seeded-dice.ts';
import { type FunctionBundle, functionBundles } from '../../support/function-bundles.ts';
import type { Outcome } from '../main.ts';
import { removable } from '../removable-folder.ts';
import { printProgress, printTable } from '../results/print.ts';
import { coldTable, type Loaded } from './cold-table.ts';
import { buildKitchenSink, KITCHEN_SINK } from './kitchen-sink.ts';
import { loadBundle } from './load-bundle.ts';

/**
 * What it takes to load each function's bundle, beside a kitchen-sink build of the same function
 * and a handler that does nothing. All run in turn, shuffled anew in each round, each in a process
 * of its own: the ratios are what counts.
 */
export async function benchCold(rounds: number, seed: number): Promise<Outcome> {
  await using folder = await removable('reelbatch-cold-');
  const all = await contenders(folder.path);
  const dice = seededDice(seed);
  for (let round = 0; round < rounds; round++) {
    printProgress(`round ${round + 1} of ${rounds}: ${all.length} processes`);
    for (const contender of dice.shuffled(all, round)) {
      contender.rounds.push(await loadBundle(contender.file, contender.variables));
    }
  }
  const [bare, ...others] = all;
  if (!bare) throw new Error('nothing was loaded');
  printTable(coldTable(bare, others));
  printTable(`${KITCHEN_SINK}\nSeed ${seed}, ${rounds} rounds.`);
  return { broken: [] };
}

/** The bare handler first, then each function as it would be deployed, and its kitchen sink. */
async function contenders(folder: string): Promise<Loaded[]> {
  const assembly = join(folder, 'cdk.out');
  printProgress('bundling the functions');
  await synthesize(assembly);
  const bare = join(folder, 'bare.cjs');
  await writeFile(bare, 'exports.handler = async () => ({});');
  const all = [await loaded('a bare handler', 'ours', bare, {})];
  for (const bundle of await functionBundles(assembly)) {
    const sink = await buildKitchenSink(bundle, folder);
    all.push(await loaded(bundle.folder, 'ours', bundle.file, bundle.variables));
    all.push(await loaded(bundle.folder, 'kitchen sink', sink, bundle.variables));
  }
  return all;
}

async function loaded(
  name: string,
  build: Loaded['build'],
  file: string,
  variables: FunctionBundle['variables'],
): Promise<Loaded> {
  return { name, build, file, variables, bytes: (await stat(file)).size, rounds: [] };
}

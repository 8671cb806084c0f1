import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATIONS_URL, type Operations } from '../../../cli/cost/operations.ts';
import { synthesizeTemplate } from '../../../cli/cost/synthesize-template.ts';
import { templateFacts } from '../../../cli/cost/template-facts.ts';
import { synthesize } from '../../../local/synthesize.ts';
import type { Outcome } from '../main.ts';
import { measureOperations } from './measure-operations.ts';

const VIDEOS = 1_000;
const IDLE_HOURS = 6;

/** Measures what idle hours and videos ask of AWS, and writes it where `npm run cost` reads it. */
export async function benchOperations(): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'reelbatch-operations-'));
  try {
    const assemblyDirectory = join(directory, 'cdk.out');
    await synthesize(assemblyDirectory);
    const tell = (words: string) => process.stderr.write(`${words}\n`);
    const options = { assemblyDirectory, videos: VIDEOS, idleHours: IDLE_HOURS, tell };
    const { measured, ...found } = await measureOperations(options);
    const operations: Operations = {
      measured: {
        on: new Date().toISOString().slice(0, 10),
        commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
        command: 'npm run bench -- operations',
        batchSizes: templateFacts(synthesizeTemplate()).pollers,
        ...measured,
      },
      ...found,
    };
    await writeFile(OPERATIONS_URL, `${JSON.stringify(operations, undefined, 2)}\n`);
    process.stdout.write(`${JSON.stringify(operations, undefined, 2)}\n`);
    return { broken: [] };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

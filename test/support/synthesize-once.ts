import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/synthesize.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The synthesized stack with its bundled functions. */
    assemblyDirectory: string;
  }
}

/** Synthesizes the CDK app once for all tests that run it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'reelbatch-test-'));
  const assemblyDirectory = join(directory, 'cdk.out');
  await synthesize(assemblyDirectory);
  project.provide('assemblyDirectory', assemblyDirectory);
  return () => rm(directory, { recursive: true, force: true });
}

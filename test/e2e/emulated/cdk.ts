import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as z from 'zod';
import { type Surroundings, succeed } from './run-program.ts';
import { ACCOUNT, REGION } from './surroundings.ts';

const CDK = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

/** The stack of a run. */
export const STACK = 'Emulated';

const outputsFile = z.object({ [STACK]: z.record(z.string(), z.string()) });

/** The real CDK command line against the emulator. */
export interface Cdk {
  bootstrap(): Promise<void>;
  /** Deploys a synthesized app; returns the outputs of the stack, and what was printed. */
  deploy(assembly: string): Promise<Deployment>;
  /** @throws when the deployed stack differs from a synthesized one */
  expectNoDifference(assembly: string): Promise<undefined>;
  destroy(assembly: string): Promise<void>;
}

/** What a deployment came to. */
export interface Deployment {
  readonly outputs: Readonly<Record<string, string>>;
  readonly isUnchanged: boolean;
}

/**
 * All of it runs in an empty folder: where a cdk.json is, `cdk bootstrap` synthesizes anew, with bundling off,
 * into the folder that a deployment would read from.
 */
export async function createCdk(surroundings: Surroundings): Promise<Cdk> {
  const cwd = join(surroundings.cwd, 'empty');
  await mkdir(cwd, { recursive: true });
  const cdk = (...args: string[]) =>
    succeed(process.execPath, [CDK, '--no-notices', ...args], { ...surroundings, cwd });
  return {
    async bootstrap() {
      await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    },
    async deploy(assembly) {
      const file = join(cwd, 'outputs.json');
      const said = await cdk(
        ...['deploy', STACK, '-a', assembly, '--require-approval', 'never'],
        ...['--outputs-file', file, '--progress', 'events'],
      );
      const outputs = outputsFile.parse(JSON.parse(await readFile(file, 'utf8')));
      return { outputs: outputs[STACK], isUnchanged: said.includes('(no changes)') };
    },
    async expectNoDifference(assembly) {
      await cdk('diff', STACK, '-a', assembly, '--fail');
    },
    async destroy(assembly) {
      await cdk('destroy', STACK, '-a', assembly, '--force');
    },
  };
}

/** Synthesizes the app of a source tree, bundles included, into `assembly`. */
export async function synthesizeTree(
  tree: string,
  assembly: string,
  context: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Promise<void> {
  const settings = Object.entries({ ...context, stackName: STACK });
  const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = [CDK, '--no-notices', 'synth', '--quiet', '-o', assembly, ...options];
  await succeed(process.execPath, args, { ...surroundings, cwd: tree });
}

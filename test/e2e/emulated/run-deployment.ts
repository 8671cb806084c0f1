import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { Clock } from '../../../local/clock.ts';
import { startTwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { createCdk, synthesizeTree } from './cdk.ts';
import { makeCertificate } from './certificate.ts';
import { createClients } from './deployed-stack.ts';
import type { EmulatedWorld } from './emulated-world.ts';
import { startEmulator } from './emulator.ts';
import { lintTemplate } from './lint-template.ts';
import { NoHistoryError, type PreviousVersion, ROOT, takePrevious } from './previous-version.ts';
import { preparePython } from './python.ts';
import './resolve-localhost.ts';
import type { Surroundings } from './run-program.ts';
import type { Steps } from './steps.ts';
import { assertEmulated, clientEnvironment } from './surroundings.ts';
import { useStack } from './use-stack.ts';

/** What a run is told. */
export interface DeploymentRun {
  /** The commit that is deployed first. */
  readonly from: string;
  readonly steps: Steps;
  readonly surroundings: Surroundings;
}

/** The synthesized apps of a run. */
export interface Assemblies {
  readonly current: string;
  readonly previous: (PreviousVersion & { readonly assembly: string }) | undefined;
}

/** What a good run says nothing of. */
const NOT_SHOWN =
  'not shown by the emulator: alarms on several metrics, saved queries, ARM, memory limits, the batching window; IAM is obeyed by the functions, not by cdk';

const API_KEY = 'tlk_emulated';

/** Starts what the run needs, goes through all its steps, and ends what it has started. */
export async function runDeployment({ from, steps, surroundings }: DeploymentRun): Promise<void> {
  await using started = new AsyncDisposableStack();
  const clock = new Clock();
  started.defer(() => clock.close());
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY });
  started.defer(() => box.close());

  const context = { twelveLabsBaseUrl: box.baseUrl };
  const synthesized = synthesizeBoth(from, context, surroundings);
  // It is awaited below; until then nobody may think that nobody cares.
  synthesized.catch(() => {});
  const pythonBin = await steps.step('python packages installed, or found', () =>
    preparePython(surroundings),
  );
  const certificate = await makeCertificate(surroundings.cwd, surroundings);
  const pem = await readFile(certificate.certificate, 'utf8');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);

  const assemblies = await steps.step(
    'synthesized',
    () => synthesized,
    ({ previous }) => `this version${previous ? `, and ${previous.title}` : ''}`,
  );
  const lint = () => lintTemplate(pythonBin, assemblies.current, surroundings);
  await steps.check('cfn-lint finds no errors in the template', async () =>
    (await lint()).join('; '),
  );

  const emulator = await startEmulator(pythonBin, certificate, surroundings);
  started.defer(() => emulator.stop());
  const env = {
    ...surroundings.env,
    ...clientEnvironment(emulator.endpoint, certificate.certificate),
  };
  assertEmulated(env);
  const inEmulator = { ...surroundings, env };
  const clients = createClients(emulator.endpoint);
  started.defer(() => clients.destroy());
  const cdk = await createCdk(inEmulator);
  const world: EmulatedWorld = {
    ...{ steps, pythonBin, emulator, clients, cdk, box },
    surroundings: inEmulator,
    apiKey: API_KEY,
    webhookSecret: `whsec_${randomBytes(16).toString('hex')}`,
  };
  steps.note(NOT_SHOWN);
  await useStack(world, assemblies);
  await steps.check('the emulator ended with all its processes', async () => {
    await emulator.stop();
    const left = await emulator.processes();
    if (left.length > 0) throw new Error(left.map(({ command }) => command).join('\n'));
    return undefined;
  });
}

async function synthesizeBoth(
  from: string,
  context: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Promise<Assemblies> {
  const { cwd } = surroundings;
  const current = join(cwd, 'current.out');
  const ours = synthesizeTree(ROOT, current, context, surroundings);
  const [previous] = await Promise.all([earlier(), ours]);
  return { current, previous };

  async function earlier(): Promise<Assemblies['previous']> {
    try {
      const version = await takePrevious(from, cwd, surroundings);
      const assembly = join(cwd, 'previous.out');
      await synthesizeTree(version.tree, assembly, context, surroundings);
      return { ...version, assembly };
    } catch (error) {
      if (error instanceof NoHistoryError) return undefined;
      throw error;
    }
  }
}

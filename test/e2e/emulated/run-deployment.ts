import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { Clock } from '../../../local/clock.ts';
import { startTwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { type Assemblies, synthesizeBoth } from './assemblies.ts';
import { createCdk } from './cdk.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { createClients } from './deployed-stack.ts';
import { createDeployer } from './deployer.ts';
import type { EmulatedWorld } from './emulated-world.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { lintTemplate } from './lint-template.ts';
import { preparePython } from './python.ts';
import './resolve-localhost.ts';
import type { Surroundings } from './run-program.ts';
import type { Steps } from './steps.ts';
import { assertEmulated, clientEnvironment } from './surroundings.ts';
import { useStack } from './use-stack.ts';

/** What a run is told. */
export interface DeploymentRun {
  /** The commit that is deployed first; the one before this, when left out. */
  readonly from: string | undefined;
  readonly steps: Steps;
  readonly surroundings: Surroundings;
}

/** What a good run says nothing of. */
const NOT_SHOWN =
  'not shown by the emulator: IAM for what CloudFormation itself does, alarms on several metrics, saved queries, ARM, memory limits, batching windows';

const API_KEY = 'tlk_emulated';

/** Starts what the run needs, goes through all its steps, and ends what it has started. */
export async function runDeployment(run: DeploymentRun): Promise<void> {
  const { from, steps, surroundings } = run;
  await using started = new AsyncDisposableStack();
  const clock = new Clock();
  started.defer(() => clock.close());
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY });
  started.defer(() => box.close());

  const synthesized = synthesizeBoth(from, { twelveLabsBaseUrl: box.baseUrl }, surroundings);
  // It is awaited below; until then nobody may think that nobody cares.
  synthesized.catch(() => {});
  const pythonBin = await steps.step('python packages installed, or found', () =>
    preparePython(surroundings),
  );
  const assemblies = await synthesize(synthesized, pythonBin, run);
  const certificate = await trustedCertificate(surroundings);
  const emulator = await steps.step('emulator started', () =>
    startEmulator(pythonBin, certificate, surroundings),
  );
  started.defer(() => emulator.stop());
  const deployer = await steps.step('user made', () => createDeployer(emulator));
  const env = {
    ...surroundings.env,
    ...clientEnvironment(emulator.endpoint, certificate.certificate, deployer),
  };
  assertEmulated(env, deployer);
  const inEmulator = { ...surroundings, env };
  const clients = createClients(emulator.endpoint, deployer);
  started.defer(() => clients.destroy());
  const cdk = await createCdk(inEmulator);
  const webhookSecret = `whsec_${randomBytes(16).toString('hex')}`;
  const parts = { steps, emulator, clients, cdk, box, apiKey: API_KEY, webhookSecret };
  const world: EmulatedWorld = { ...parts, surroundings: inEmulator };
  steps.note(NOT_SHOWN);
  await useStack(world, assemblies);
  await steps.check('the emulator ended with all its processes', () => expectEnd(emulator));
}

async function expectEnd(emulator: Emulator): Promise<undefined> {
  await emulator.stop();
  const left = await emulator.processes();
  if (left.length > 0) throw new Error(left.map(({ command }) => command).join('\n'));
}

async function synthesize(
  synthesized: Promise<Assemblies>,
  pythonBin: string,
  { steps, surroundings }: DeploymentRun,
): Promise<Assemblies> {
  const assemblies = await steps.step(
    'synthesized',
    () => synthesized,
    ({ previous }) => `this version${previous ? `, and ${previous.title}` : ''}`,
  );
  await steps.check('cfn-lint finds no errors in the template', async () => {
    const warnings = await lintTemplate(pythonBin, assemblies.current, surroundings);
    return warnings.join('; ');
  });
  return assemblies;
}

/** A certificate that this process trusts from now on: the simulated TwelveLabs posts its webhooks from here. */
async function trustedCertificate(surroundings: Surroundings): Promise<Certificate> {
  const files = await makeCertificate(surroundings.cwd, surroundings);
  const pem = await readFile(files.certificate, 'utf8');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
  return files;
}

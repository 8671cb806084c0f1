/** `npm run e2e:emulated`: the stack deployed by the real CDK into an emulated AWS, and put to work. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../shared/errors.ts';
import { whatIsMissing } from './python.ts';
import { runDeployment } from './run-deployment.ts';
import { createSteps, StepFailedError } from './steps.ts';
import { machineEnvironment } from './surroundings.ts';

const usage = `npm run e2e:emulated -- [--from COMMIT]

  --from COMMIT      the version that is deployed first, to be upgraded to this one (HEAD^)

Deploys the stack with cdk into ministack, an emulated AWS with the functions as processes, and takes
videos through it. It needs Python 3.10 with venv, openssl, and the network the first time.`;

const INTERRUPTED = 130;
const LOG_LINES = 60;

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const chosen = readArguments(args);
  if (chosen === undefined) {
    print(usage);
    return 2;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => interrupt.abort(new Error('interrupted')));
  }
  const folder = await mkdtemp(join(tmpdir(), 'reelbatch-e2e-'));
  await mkdir(join(folder, 'tmp'));
  const over = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, over.signal]);
  const surroundings = { cwd: folder, env: machineEnvironment(folder), signal };
  const steps = createSteps(print, () => performance.now());
  const missing = await whatIsMissing(surroundings);
  if (missing) steps.skip('emulated deployment', missing);
  else {
    try {
      await runDeployment({ from: chosen.from, steps, surroundings });
    } catch (error) {
      if (!(error instanceof StepFailedError)) throw error;
    } finally {
      // What was begun side by side with a step that failed is of no use.
      over.abort(new Error('over'));
    }
  }
  if (steps.failed > 0) {
    print(
      `\nThe last of ${join(folder, 'emulator.log')}:\n${await lastLines(join(folder, 'emulator.log'))}`,
    );
  } else await rm(folder, { recursive: true, force: true });
  print(`\n${steps.summary()}`);
  if (interrupt.signal.aborted) return INTERRUPTED;
  return steps.failed > 0 ? 1 : 0;
}

/** @returns undefined for who asks for help, or needs it */
function readArguments(args: readonly string[]): { readonly from?: string } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { from: { type: 'string' }, help: { type: 'boolean' } },
    });
    return values.help ? undefined : values;
  } catch (error) {
    print(`${messageOf(error)}\n`);
    return undefined;
  }
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(it was never written)');
  return text.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

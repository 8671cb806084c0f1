import * as z from 'zod';
import { runCommand } from '../../support/run-command.ts';
import { STACK } from './cdk.ts';
import type { DeployedWorld } from './emulated-world.ts';
import { commandEnvironment } from './surroundings.ts';
import type { Drop } from './waves.ts';

const told = z.object({
  video: z.object({ state: z.string() }),
  analyses: z.array(z.object({ state: z.string(), result: z.record(z.string(), z.unknown()) })),
});

/** `npm run result` on each video of a wave. @throws unless it shows every analysis with its result */
export async function readByCommand(
  { surroundings }: DeployedWorld,
  wave: readonly Drop[],
): Promise<undefined> {
  for (const { key, analyses } of wave.filter((it) => it.analyses > 0)) {
    const { code, out, errors } = await run(surroundings.env, 'result', '--video', key);
    if (code !== 0) throw new Error(`${key}: exit code ${code}, ${errors}`);
    const read = told.parse(JSON.parse(out));
    if (read.analyses.length !== analyses) throw new Error(`${key}: ${out}`);
  }
}

/** `npm run doctor`; returns its last line. @throws with all of them unless it finds the stack fit to work */
export async function askDoctor({ surroundings }: DeployedWorld): Promise<string> {
  const { code, out, errors } = await run(surroundings.env, 'doctor');
  if (code !== 0) throw new Error(`exit code ${code}\n${out}${errors}`);
  return out.trim().split('\n').at(-1) ?? '';
}

async function run(env: Readonly<Record<string, string>>, name: string, ...args: string[]) {
  const test = { pipeline: { cloud: { clientEnvironment: commandEnvironment(env) } } };
  return await runCommand(name, test, '--stack', STACK, ...args);
}

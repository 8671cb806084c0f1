import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from './user-error.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Synthesizes the CDK app, bundles included, into `directory`: the stack as it would be deployed. */
export async function synthesize(directory: string): Promise<void> {
  const child = spawn(process.execPath, ['infra/app.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new UserError(`the stack could not be synthesized.\n${said.join('').trim()}`);
}

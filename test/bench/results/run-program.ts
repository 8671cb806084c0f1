import { fork } from 'node:child_process';
import { once } from 'node:events';
import { CREDENTIALS, REGION } from '../../../local/cloud/cloud-region.ts';

/**
 * Runs a measured program in a process of its own, to its end, with nothing of our environment.
 * @returns what it told us
 */
export async function runProgram(
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<unknown> {
  const child = fork(path, [], {
    env: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      ...environment,
    },
    execArgv: [],
    // Its log is written as Lambda has it written, and read by nobody.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let told: unknown;
  child.on('message', (message) => {
    told = message;
    child.disconnect();
  });
  const [code, signal] = await once(child, 'exit');
  if (told === undefined) throw new Error(`${path} ended (${signal ?? code}) and told nothing`);
  return told;
}

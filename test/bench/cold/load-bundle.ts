import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CREDENTIALS, REGION } from '../../../local/cloud/cloud-region.ts';

/** What it took to load a bundle in a process that had done nothing yet. */
export interface LoadTook {
  /** From before the bundle's first byte is read until its handler is there. */
  readonly loadMs: number;
  /** The same from the start of the process. */
  readonly processMs: number;
  /** While it was loaded, of all threads. */
  readonly cpuMs: number;
  readonly rssMebibytes: number;
}

const PROGRAM = fileURLToPath(new URL('./load.cjs', import.meta.url));

/** Loads the bundle in a fresh process, with these variables and Lambda's own. */
export async function loadBundle(
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<LoadTook> {
  const env = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    ...variables,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, file], { env });
  return JSON.parse(stdout);
}

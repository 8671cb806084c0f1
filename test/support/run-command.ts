import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Something whose local cloud a command is to talk to. */
export interface InCloud {
  readonly pipeline: {
    readonly cloud: { readonly clientEnvironment: Readonly<Record<string, string>> };
  };
}

export interface CommandEnd {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command of cli/ as a user would, against the local cloud where there is one. */
export async function runCommand(
  name: string,
  test: InCloud | undefined,
  ...args: readonly string[]
): Promise<CommandEnd> {
  const command = fileURLToPath(new URL(`../../cli/${name}.ts`, import.meta.url));
  const env = { PATH: process.env['PATH'], ...test?.pipeline.cloud.clientEnvironment };
  return await new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [command, ...args], options, (error, out, errors) => {
      resolve({ code: error ? Number(error.code) : 0, out, errors });
    });
  });
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Something whose local cloud a command is to talk to. */
export interface InCloud {
  readonly pipeline: {
    readonly cloud: { readonly clientEnvironment: Readonly<Record<string, string>> };
  };
  /** What the command reads, where it reads anything. */
  readonly input?: string;
  /** The folder that it runs in, where that matters. */
  readonly cwd?: string;
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
    const { cwd, input = '' } = test ?? {};
    const options = { env, cwd, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [command, ...args], options, (error, out, errors) => {
      resolve({ code: error ? Number(error.code) : 0, out, errors });
    });
    // One that does not read it may be gone before.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

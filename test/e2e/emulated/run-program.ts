import { type ExecFileException, execFile } from 'node:child_process';

/** Where and with what a program runs: nothing of our own environment reaches it unless it is here. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends the program early. */
  readonly signal: AbortSignal;
  /** What it reads, when it reads anything. */
  readonly input?: string;
}

/** Exit code and all that was printed, on either stream. */
export interface ProgramEnd {
  readonly code: number;
  readonly output: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;
const LAST_LINES = 25;

/** Runs a program to its end, however it ends. @throws when it can't be started, or was called off */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, signal, input }: Surroundings,
): Promise<ProgramEnd> {
  return await new Promise((resolve, reject) => {
    const options = { cwd, env, signal, maxBuffer: MAX_OUTPUT_BYTES };
    const child = execFile(
      program,
      args,
      options,
      (error: ExecFileException | null, out, errors) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), output: out + errors });
      },
    );
    // Who ends without reading it says so by its exit code.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** The same, for a program that has to end well. @throws with the last lines of what it printed */
export async function succeed(
  program: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const { code, output } = await runProgram(program, args, surroundings);
  if (code === 0) return output;
  const lines = output.trimEnd().split('\n').slice(-LAST_LINES);
  throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${lines.join('\n')}`);
}

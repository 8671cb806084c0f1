import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

const MAIN = fileURLToPath(new URL('../../local/twelvelabs/main.ts', import.meta.url));

/** How the command ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The command that runs a box alone, as a process of its own. */
export interface BoxProcess {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** What it has put into its folder for temporary files, folders of its own included. */
  readonly tempFiles: () => string[];
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exited: Promise<Exit>;
}

/** Starts the command; it is gone when the test has finished. */
export function spawnBox(args: readonly string[], env: NodeJS.ProcessEnv = {}): BoxProcess {
  const folder = mkdtempSync(join(tmpdir(), 'box-process-'));
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    tempFiles: () => readdirSync(folder, { recursive: true }).map(String),
    kill: (signal) => child.kill(signal),
    exited,
  };
}

/** A command that is up. */
export interface RunningBox extends BoxProcess {
  readonly baseUrl: string;
}

/** Starts the command on any free port and waits for its last line. */
export async function startBoxProcess(...args: readonly string[]): Promise<RunningBox> {
  const box = spawnBox(['--port', '0', ...args]);
  await waitFor(() => box.stdout().includes('Ctrl-C'), {
    timeoutMs: 60_000,
    describe: () => box.stdout() + box.stderr(),
  });
  const baseUrl = /^Base URL +(\S+)$/m.exec(box.stdout())?.[1] ?? '';
  return { ...box, baseUrl };
}

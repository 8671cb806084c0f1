import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The emulators and functions that this process has started and that are still there. */
export async function listChildren(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'ppid=,pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.trim().startsWith(`${process.pid} `))
    .filter((line) => /emulator-process|bootstrap\.mjs/.test(line));
}

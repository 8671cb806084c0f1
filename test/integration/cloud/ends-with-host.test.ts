import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { lambda, role, writeAssembly } from './assembly.ts';

const HOST = fileURLToPath(new URL('./handlers/host.ts', import.meta.url));
let assemblyDirectory: string;

beforeAll(async () => {
  assemblyDirectory = await writeAssembly({
    handlers: { tell: { text: 'export const handler = () => { console.log("ready"); };' } },
    resources: { Role: role, Tell: lambda('tell') },
  });
});
afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

/** A host in a group of its own, as a shell would start it, that has run its function. */
async function startHost() {
  const host = spawn(process.execPath, [HOST, assemblyDirectory], {
    detached: true,
    // What a killed host can't remove goes with the assembly.
    env: { ...process.env, TMPDIR: assemblyDirectory },
  });
  let output = '';
  host.stdout.on('data', (chunk) => {
    output += chunk;
  });
  host.stderr.on('data', (chunk) => {
    output += chunk;
  });
  await waitFor(() => output.includes('ready'), { timeoutMs: 30_000, describe: () => output });
  return { host, output: () => output };
}

/** What is left of the host's group. */
async function group(host: ChildProcess): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pgid=,pid=,stat=,args=']);
  const lines = stdout.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith(`${host.pid} `) && !/^\d+ +\d+ +Z/.test(line));
}

it('ends with everything it started on Ctrl-C, which all of the group hears', async () => {
  const { host, output } = await startHost();
  expect(await group(host)).toHaveLength(3);
  const exited = once(host, 'exit');

  process.kill(-(host.pid ?? 0), 'SIGINT');

  expect(await exited, output()).toEqual([0, null]);
  expect(await group(host)).toEqual([]);
  expect(output()).toBe('ready\nstopped\n');
});

it('leaves no process behind when it is killed', async () => {
  const { host } = await startHost();

  host.kill('SIGKILL');

  await waitFor(async () => (await group(host)).length === 0, { describe: () => group(host) });
});

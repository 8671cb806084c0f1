import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../support/wait-for.ts';
import type { Certificate } from './certificate.ts';
import { PS_ARGUMENTS, type RunningProcess, readProcesses } from './processes.ts';
import { type Surroundings, succeed } from './run-program.ts';
import { ACCOUNT, clientEnvironment, REGION, ROOT_USER } from './surroundings.ts';

const LAUNCHER = fileURLToPath(new URL('run-ministack.py', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 10_000;
const POLL_MS = 50;
const NO_SIGNAL = 0;

/** AWS on this machine, as a process of its own with the functions as its children. */
export interface Emulator {
  readonly endpoint: string;
  readonly logFile: string;
  /** The processes of its functions, and its own. */
  processes(): Promise<RunningProcess[]>;
  /** Ends all of them, with force when they do not end by themselves. */
  stop(): Promise<void>;
}

/** Starts it on any free port of 127.0.0.1, with policies obeyed, and waits until it answers. */
export async function startEmulator(
  pythonBin: string,
  certificate: Certificate,
  surroundings: Surroundings,
): Promise<Emulator> {
  const { cwd } = surroundings;
  const port = await freePort();
  const endpoint = `https://127.0.0.1:${port}`;
  const logFile = join(cwd, 'emulator.log');
  const log = openSync(logFile, 'w');
  const child = spawn(join(pythonBin, 'python'), [LAUNCHER], {
    cwd,
    env: { ...surroundings.env, ...settings(port, endpoint, certificate) },
    stdio: ['ignore', log, log],
    // A group of its own, to be ended with all its children.
    detached: true,
  });
  closeSync(log);
  const exited = once(child, 'exit');
  const groupId = child.pid ?? 0;
  const processes = async () => {
    const all = readProcesses(await succeed('ps', PS_ARGUMENTS, surroundings));
    return all.filter((it) => it.groupId === groupId);
  };
  const stop = async () => {
    signalGroup(groupId, 'SIGTERM');
    const isGone = () => !signalGroup(groupId, NO_SIGNAL);
    await waitFor(isGone, { timeoutMs: STOP_MS }).catch(() => signalGroup(groupId, 'SIGKILL'));
    await exited;
  };
  const describe = () => `nothing answers at ${endpoint}: see ${logFile}`;
  try {
    await waitFor(() => answers(endpoint), { timeoutMs: START_MS, pollMs: POLL_MS, describe });
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, logFile, processes, stop };
}

function settings(port: number, endpoint: string, { key, certificate }: Certificate) {
  return {
    // The functions inherit this, but for the key: each has one of its role.
    ...clientEnvironment(endpoint, certificate, ROOT_USER),
    // By default it listens on every address, and with MQTT on 8883 too.
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    // Whose the API is that somebody without a signature asks for.
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    LAMBDA_EXECUTOR: 'local',
    AUTH: 'true',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    PYTHONUNBUFFERED: '1',
  };
}

async function answers(endpoint: string): Promise<boolean> {
  const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
  return response?.ok === true;
}

/** @returns whether there was anybody to get it */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

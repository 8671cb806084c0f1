import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, type Surroundings, succeed } from './run-program.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** What ministack 1.5.33 asks for. */
const OLDEST = { major: 3, minor: 10 };

/** Whether the answer to `python3 --version` is that of a Python new enough. */
export function isRecentPython(version: string): boolean {
  const [, major = '', minor = ''] = /^Python (\d+)\.(\d+)/.exec(version.trim()) ?? [];
  return Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor;
}

/** What this machine lacks for the run, in words; undefined when nothing. */
export async function whatIsMissing(surroundings: Surroundings): Promise<string | undefined> {
  const asked = async (program: string, ...args: string[]) =>
    await runProgram(program, args, surroundings).catch(() => undefined);
  const python = await asked('python3', '--version');
  if (!isRecentPython(python?.output ?? '')) {
    const found = python ? `python3 is ${python.output.trim()}` : 'there is no python3';
    return `Python ${OLDEST.major}.${OLDEST.minor} or newer is needed, and ${found}`;
  }
  const modules = await asked('python3', '-c', 'import venv, ensurepip');
  if (modules?.code !== 0) return "python3 has no venv: install your system's python3-venv";
  const openssl = await asked('openssl', 'version');
  return openssl?.code === 0 ? undefined : 'there is no openssl, which makes the certificate';
}

/**
 * The `bin` folder of a virtual environment with the pinned requirements, in the user's cache. It is
 * made once for each state of the requirements and each Python.
 */
export async function preparePython(surroundings: Surroundings): Promise<string> {
  const version = await succeed('python3', ['-VV'], surroundings);
  const hash = createHash('sha256').update(version).update(readFileSync(REQUIREMENTS));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'reelbatch', `emulator-${hash.digest('hex').slice(0, 16)}`);
  const bin = join(folder, 'bin');
  const isWhole = join(folder, 'is-whole');
  if (existsSync(isWhole)) return bin;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await succeed('python3', ['-m', 'venv', folder], surroundings);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS];
  await succeed(join(bin, 'python'), pip, surroundings);
  await writeFile(isWhole, '');
  return bin;
}

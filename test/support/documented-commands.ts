import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What a command that a shell came upon answers: its standard output. */
export type Answer = (words: readonly string[], directory: string) => Promise<string | Uint8Array>;

export interface ShellOptions {
  /** The variables that the commands stand on, and no others but the path. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The programs that are not really run, by their names. */
  readonly answers: Readonly<Record<string, Answer>>;
}

/** The blocks of one language in a page, below a heading of it, in their order. */
export function blocksBelow(page: string, heading: string, language: string): string[] {
  const [, section] = page.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`the page has no heading ${heading}`);
  const [own = ''] = section.split(/\n## /);
  const blocks = own.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'));
  return [...blocks].map(([, block = '']) => block);
}

/**
 * Runs commands as they stand in a page: `sh` parses and runs them in an empty directory, pipes and
 * all, but each program of `answers` is asked in this process, with the words that it would be given.
 * @returns their standard output
 */
export async function runCommands(
  commands: string,
  { variables = {}, answers }: ShellOptions,
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'documented-'));
  const directory = await mkdtemp(join(root, 'cwd-'));
  try {
    const functions = Object.keys(answers).map((name) => `${name}() { ask ${name} "$@"; }`);
    const script = ['set -e', ASK, ...functions, commands].join('\n');
    const shell = spawn('sh', ['-c', script], {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    const [, stdout, stderr, asked, replies] = shell.stdio;
    const ended = new Promise<number | null>((resolve) => shell.on('close', resolve));
    const outputs = Promise.all([text(stdout as Readable), text(stderr as Readable)]);
    let failure: unknown;
    (replies as Writable).on('error', () => {});
    try {
      let count = 0;
      for await (const [name = '', ...words] of wordLists(asked as Readable)) {
        const file = join(root, `answer-${++count}`);
        await writeFile(file, (await answers[name]?.(words, directory)) ?? '');
        (replies as Writable).write(`${file}\n`);
      }
    } catch (error) {
      failure = error;
    }
    // Whoever still waits for an answer ends with that.
    (replies as Writable).end();
    const code = await ended;
    const [out, errors] = await outputs;
    if (failure) throw failure;
    if (code !== 0) throw new Error(`exit code ${code}: ${errors}`);
    return out;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Says the number of the words and then each of them; is told the file that holds the answer. */
const ASK = `ask() {
  printf '%s\\0' "$#" "$@" >&3
  read -r answer <&4
  cat "$answer"
}`;

async function* wordLists(source: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let held = Buffer.alloc(0);
  let words: string[] = [];
  for await (const piece of source) {
    held = Buffer.concat([held, piece]);
    for (let end = held.indexOf(0); end !== -1; end = held.indexOf(0)) {
      words.push(held.toString('utf8', 0, end));
      held = held.subarray(end + 1);
      if (words.length <= Number(words[0])) continue;
      yield words.slice(1);
      words = [];
    }
  }
}

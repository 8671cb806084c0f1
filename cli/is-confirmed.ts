import { createInterface } from 'node:readline/promises';

/**
 * Whether somebody at the terminal says yes; anything else is no, and so is the end of the input, or
 * of the wait for it.
 */
export async function isConfirmed(question: string, signal?: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Where Ctrl-C would be no more than a key.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // Back from Ctrl-Z it reads no more by itself, and the process would just end.
  terminal.on('SIGCONT', () => terminal.prompt(true));
  const close = () => terminal.close();
  signal?.addEventListener('abort', close);
  // A question that nobody answers any more would never be settled.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answered = terminal.question(`${question} [y/N] `).catch(() => '');
    const answer = await Promise.race([answered, ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    signal?.removeEventListener('abort', close);
    close();
  }
}

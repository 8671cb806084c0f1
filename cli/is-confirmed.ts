import { createInterface } from 'node:readline/promises';

/** Whether somebody at the terminal says yes; anything else, and the end of the input, is no. */
export async function isConfirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Where Ctrl-C would be no more than a key.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // A question that nobody answers any more would never be settled.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

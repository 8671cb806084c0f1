import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Answers of somebody at a terminal, who does not see what is typed, or the lines of what is piped in. */
export interface SecretPrompt {
  /** Somebody is there, who can be asked again. */
  readonly isInteractive: boolean;
  /** The next line, of which nothing is shown; undefined when the input has ended. */
  ask(question: string): Promise<string | undefined>;
  /** Whether somebody says yes; nobody does where nobody is. */
  confirm(question: string): Promise<boolean>;
  /** Gives the terminal back as it was. */
  close(): void;
}

export interface SecretPromptOptions {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  /** Called on Ctrl-C, which is a key like any other where nothing is echoed. */
  readonly onInterrupt: () => void;
}

/**
 * Asks without echo, from now on until it is closed: what is typed ahead is not shown either.
 *
 * By Node's own readline, whose output goes nowhere: it knows pastes (and drops the marks around them),
 * deletes by character, word and line, stops and goes on by Ctrl-Z. A library would come with a dozen
 * packages, and stand between the key and the secret store.
 */
export function openSecretPrompt(options: SecretPromptOptions): SecretPrompt {
  const { input, output, onInterrupt } = options;
  const isInteractive = input.isTTY === true;
  // Not even a yes is echoed: what is edited there could be the rest of a secret.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({
    input,
    output: nowhere,
    terminal: isInteractive,
    // Nothing that was typed is kept.
    historySize: 0,
  });
  const lines: string[] = [];
  let hasEnded = false;
  let onNews = () => {};
  terminal.on('line', (line) => {
    lines.push(line);
    onNews();
  });
  terminal.on('close', () => {
    hasEnded = true;
    onNews();
  });
  terminal.on('SIGINT', onInterrupt);
  // Back from Ctrl-Z it reads no more by itself, and the process would just end.
  terminal.on('SIGCONT', () => terminal.resume());

  async function nextLine(): Promise<string | undefined> {
    while (lines.length === 0 && !hasEnded) {
      await new Promise<void>((resolve) => (onNews = resolve));
    }
    return lines.shift();
  }

  return {
    isInteractive,
    async ask(question) {
      output.write(question);
      const line = await nextLine();
      output.write('\n');
      return line;
    },
    async confirm(question) {
      if (!isInteractive) return false;
      // An answer that was typed ahead is none to this question.
      lines.length = 0;
      output.write(`${question} [y/N] `);
      const line = await nextLine();
      const isYes = /^y(es)?$/i.test(line?.trim() ?? '');
      output.write(isYes ? 'yes\n' : 'no\n');
      return isYes;
    },
    close: () => terminal.close(),
  };
}

import { Clock } from '../clock.ts';
import { UserError } from '../user-error.ts';
import { startTwelveLabsBox, type TwelveLabsBox } from './box.ts';
import { type CommandLine, parseCommandLine, usage } from './command-line.ts';
import { introduction } from './introduction.ts';

const INTERRUPTED = 130;
const BAD_USAGE = 2;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UserError)) throw error;
  return complain(error, 1);
});

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const commandLine = readArguments(args);
  if (commandLine instanceof UserError) return complain(commandLine, BAD_USAGE);
  if (commandLine.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const interrupted = interruption();
  await using cleanup = new AsyncDisposableStack();
  const clock = new Clock();
  cleanup.defer(() => clock.close());
  const box = await start(commandLine, clock);
  cleanup.defer(() => box.close());
  process.stdout.write(introduction(box.baseUrl, commandLine));
  await interrupted;
  return 0;
}

function readArguments(args: readonly string[]): CommandLine | UserError {
  try {
    return parseCommandLine(args);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Resolves at the first signal to stop; a second one stops at once. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (isStopping) process.exit(INTERRUPTED);
        isStopping = true;
        resolve();
      });
    }
  });
}

async function start(commandLine: CommandLine, clock: Clock): Promise<TwelveLabsBox> {
  const { port, apiKey, webhookUrls, webhookSecret: secret, plan } = commandLine;
  const webhooks = webhookUrls.map((url) => ({ url, secret }));
  try {
    return await startTwelveLabsBox({ clock, port, apiKey, plan, webhooks });
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new UserError(
      'code' in error && error.code === 'EADDRINUSE'
        ? `port ${port} is taken; --port N chooses another, --port 0 any free one`
        : `it can't start: ${error.message}`,
    );
  }
}

function complain(error: UserError, exitCode: number): number {
  process.stderr.write(`twelvelabs-box: ${error.message}\n`);
  return exitCode;
}

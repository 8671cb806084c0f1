/** `npm run doctor`: whether a stack is fit to work, and what to do where it is not. */
import { once } from 'node:events';
import { type AskedOf, DEFAULT_STACK, exitCodeOf, stackOption, UsageError } from './command.ts';
import { examine } from './doctor/examine.ts';
import { type Line, lineText } from './doctor/line.ts';
import { runChecks } from './doctor/run-checks.ts';
import { lookUp } from './doctor/stack-line.ts';

const usage = `npm run doctor -- [--stack NAME] [--wait SECONDS]

${stackOption}
  --wait SECONDS     how long the event may take to the other end (60)

Says whether the stack is fit to work, a line a thing: ✓ it is well, ! to be known, ✗ what to do. It
sends one signed event through the webhook's public URL and waits to see it at the other end; for
that it puts a row into the table, and takes it out again. Nothing is paid. The exit code is 0 when
nothing is ✗, 1 when something is, 2 for a wrong option.`;

const options = { wait: { type: 'string', default: '60' } } as const;

const INTERRUPTED = 130;

process.exitCode = await exitCodeOf({ name: 'doctor', usage, options }, main);

/** @returns the exit code */
async function main({
  stack: name = DEFAULT_STACK,
  wait,
}: AskedOf<typeof options>): Promise<number> {
  if (!/^[1-9]\d{0,3}$/.test(wait)) {
    throw new UsageError(`--wait takes 1 to 9999 seconds, not ${wait}`);
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => interrupt.abort());
  }
  const { line, client, stack, awsOffsetSeconds } = await lookUp(name);
  console.log(lineText(line));
  if (!stack) return 1;
  await using cleanup = new AsyncDisposableStack();
  const run = { cleanup, waitSeconds: Number(wait), signal: interrupt.signal };
  const lines = runChecks(examine(stack, client, awsOffsetSeconds, run));
  const told = await tell(lines, interrupt.signal);
  if (interrupt.signal.aborted) {
    console.error('doctor: interrupted');
    await cleanup.disposeAsync();
    // Calls that are still under way must not keep us.
    process.exit(INTERRUPTED);
  }
  return summary([line, ...told]);
}

/** Prints the lines as they come, until all are there or the doctor is interrupted. */
async function tell(lines: AsyncGenerator<Line>, signal: AbortSignal): Promise<Line[]> {
  const told: Line[] = [];
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  for (;;) {
    const next = await Promise.race([lines.next(), aborted.then(() => undefined)]);
    if (!next || next.done || signal.aborted) return told;
    console.log(lineText(next.value));
    told.push(next.value);
  }
}

function summary(lines: readonly Line[]): number {
  const count = (mark: Line['mark']) => lines.filter((line) => line.mark === mark).length;
  const [failures, warnings] = [count('failed'), count('warning')];
  const known = warnings > 0 ? `, ${warnings} to be known (!)` : '';
  console.log(
    failures === 0
      ? `\nFit to work${known}.`
      : `\n${failures} to be mended (✗)${known}: see "What the doctor says" in docs/runbook.md.`,
  );
  return failures === 0 ? 0 : 1;
}

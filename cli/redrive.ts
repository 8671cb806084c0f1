/**
 * `npm run redrive`: shows dead letters and what became of their matter, and sends them back.
 *
 * Not by SQS' own StartMessageMoveTask: that moves all there is without showing any of it, can't leave
 * out what would only return, and can't tell what nobody needs any more.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AskedOf, DEFAULT_STACK, exitCodeOf, stackOption, UsageError } from './command.ts';
import { patience } from './doctor/examine.ts';
import { QUEUES, type QueueName } from './doctor/queues.ts';
import { findStack, outputOf, resourcesOf } from './find-stack.ts';
import { isConfirmed } from './is-confirmed.ts';
import { describeLetters } from './redrive/describe-letters.ts';
import type { JudgedLetter } from './redrive/judge-letter.ts';
import { listLetters } from './redrive/list-letters.ts';
import { type LetterBoxes, logGroupOf, openBoxes } from './redrive/open-boxes.ts';
import { type LettersPlan, planLetters } from './redrive/plan-letters.ts';
import { saveLetters } from './redrive/save-letters.ts';
import { drop, type Settled, sendBack } from './redrive/settle-letters.ts';
import { openStore } from './stack-access.ts';

const usage = `npm run redrive -- [--stack NAME] [--queue NAME] [--send] [--drop | --force]

${stackOption}
  --queue NAME       only the dead letters of this queue: ${QUEUES.slice(0, 3).join(', ')},
                     ${QUEUES.slice(3).join(', ')}
  --send             send them back to their queues without asking
  --drop             delete those that are superfluous or unreadable, once they are saved to a file
  --force            send the unreadable back, too

Shows each dead letter, and what the table says of its matter: needed (somebody waits for it),
superfluous (it went on without) or unreadable. Then it asks whether to send them back. Mend the cause
first, or they return. To send one twice does no harm. The exit code is 0 when all was done that was
asked for, and 1 when something stood in the way.`;

const options = {
  queue: { type: 'string' },
  send: { type: 'boolean', default: false },
  drop: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
} as const;

type Asked = AskedOf<typeof options>;

const INTERRUPTED = 130;

process.exitCode = await exitCodeOf({ name: 'redrive', usage, options }, main);

/** @returns the exit code */
async function main(asked: Asked): Promise<number> {
  const queues = queuesOf(asked);
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => interrupt.abort());
  await using opened = new AsyncDisposableStack();
  const client = new CloudFormationClient(patience);
  const sqs = new SQSClient(patience);
  for (const it of [client, sqs]) opened.defer(() => it.destroy());
  const stack = await findStack(asked.stack ?? DEFAULT_STACK, client);
  const parts = await resourcesOf(stack.name, client);
  const { store } = openStore(outputOf(stack, 'TableName'));
  const letters = opened.use(openBoxes(queues, parts, sqs));
  const judged = await show(letters, {
    store,
    signal: interrupt.signal,
    logGroup: (queue) => logGroupOf(queue, parts),
  });
  const code = await settle(judged, letters, asked, interrupt.signal);
  if (!interrupt.signal.aborted) return code;
  console.error('\nredrive: interrupted; what was not sent back or deleted lies where it lay');
  return INTERRUPTED;
}

function queuesOf({ queue, drop: isDropped, force }: Asked): readonly QueueName[] {
  if (isDropped && force) throw new UsageError('--force does not go with --drop');
  if (queue === undefined) return QUEUES;
  const found = QUEUES.filter((name) => name === queue);
  if (found.length === 0) throw new UsageError(`--queue takes ${QUEUES.join(', ')}, not ${queue}`);
  return found;
}

/** Prints the letters, queue by queue, and gives them. */
async function show(
  { boxes }: LetterBoxes,
  {
    store,
    signal,
    logGroup,
  }: {
    readonly store: Parameters<typeof listLetters>[1];
    readonly signal: AbortSignal;
    readonly logGroup: (queue: QueueName) => string | undefined;
  },
): Promise<readonly JudgedLetter[]> {
  const finding = [...boxes].map(async ([queue, box]) => {
    const found = await listLetters(box, store, signal);
    return { queue, ...found, logGroup: logGroup(queue) };
  });
  const lists = await Promise.all(finding);
  if (signal.aborted) return [];
  for (const list of lists) {
    if (list.judged.length > 0 || list.count > 0) console.log(`${describeLetters(list)}\n`);
  }
  const judged = lists.flatMap((list) => list.judged);
  if (judged.length === 0) console.log('No dead letters to be seen.');
  return judged;
}

async function settle(
  judged: readonly JudgedLetter[],
  { boxes }: LetterBoxes,
  asked: Asked,
  signal: AbortSignal,
): Promise<number> {
  const plan = planLetters(judged, asked);
  const results: Settled[] = [];
  if (plan.toDrop.length > 0 && !signal.aborted) {
    const path = await saveLetters(plan.toDrop, process.cwd(), new Date());
    console.log(`Saved ${plan.toDrop.length} to ${path}`);
    const dropped = await drop(plan.toDrop, boxes, signal);
    console.log(`Deleted ${dropped.done} of ${plan.toDrop.length}`);
    results.push(dropped);
  }
  if (plan.toSend.length > 0 && !signal.aborted && (await isWanted(plan, asked, signal))) {
    const sent = await sendBack(plan.toSend, boxes, signal);
    console.log(`Sent ${sent.done} of ${plan.toSend.length} back`);
    results.push(sent);
  }
  if (plan.toLeave.length > 0 && !signal.aborted) {
    console.log(
      `${plan.toLeave.length} unreadable left: --drop deletes what is unreadable or superfluous, --force sends them`,
    );
  }
  return tell(results);
}

async function isWanted({ toSend }: LettersPlan, { send }: Asked, signal: AbortSignal) {
  if (send) return true;
  const byKind = Object.entries(Object.groupBy(toSend, ({ kind }) => kind));
  const kinds = byKind.map(([kind, letters]) => `${letters.length} ${kind}`).join(', ');
  if (process.stdin.isTTY) return await isConfirmed(`${kinds}: send them back?`, signal);
  console.log(`${kinds}. Nothing was sent back: --send does, --drop deletes what nobody needs.`);
  return false;
}

/** Says what stood in the way. @returns the exit code */
function tell(results: readonly Settled[]): number {
  const failures = results.flatMap((it) => it.failures);
  const taken = results.reduce((sum, it) => sum + it.taken, 0);
  if (taken > 0)
    console.error(`redrive: ${taken} were taken by somebody else meanwhile; look again`);
  for (const failure of failures) console.error(`redrive: ${failure}`);
  return failures.length > 0 || taken > 0 ? 1 : 0;
}

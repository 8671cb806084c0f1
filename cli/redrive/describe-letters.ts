import { moment, number } from '../doctor/line.ts';
import type { QueueName } from '../doctor/queues.ts';
import type { JudgedLetter } from './judge-letter.ts';

const DAY_MS = 86_400_000;
/** How long SQS keeps a letter, from when it was first sent (infra/worker.ts). */
const KEPT_DAYS = 14;
const BODY_CHARACTERS = 120;
const HIDDEN = 'somebody else looks at them, or did within a minute';
const WORDS_TOLD = 5;
const WORDS_CHARACTERS = 1_500;

/** Where a queue's letters are told of. */
export interface LetterList {
  readonly queue: QueueName;
  readonly judged: readonly JudgedLetter[];
  /** About how many there were before these were received. */
  readonly count: number;
  /** There may be others that were not received. */
  readonly isMore: boolean;
  /** Where the consumer logs; undefined where that can't be found. */
  readonly logGroup: string | undefined;
}

/** The letters of one queue, each with what became of its matter, and where the logs tell why. */
export function describeLetters({ queue, judged, count, isMore, logGroup }: LetterList): string {
  const shown = isMore ? ` (the first ${number(judged.length)} of about ${number(count)})` : '';
  const letters = judged.length === 1 ? 'dead letter' : 'dead letters';
  const hidden = isMore ? 0 : count - judged.length;
  return [
    `${queue}: ${number(judged.length)} ${letters}${shown}`,
    ...(hidden > 0 ? [`  about ${number(hidden)} more are hidden: ${HIDDEN}`] : []),
    ...judged.flatMap(describeLetter),
    ...(judged[0] ? [logsText(judged[0].letter.messageId, logGroup)] : []),
  ].join('\n');
}

function describeLetter({ letter, kind, words }: JudgedLetter): string[] {
  const { messageId, sentAt, receivedTimes, body } = letter;
  const keptUntil = new Date(sentAt.getTime() + KEPT_DAYS * DAY_MS);
  const told = words.slice(0, WORDS_TOLD).map((it) => `    ${escaped(it, WORDS_CHARACTERS)}`);
  return [
    `  ${messageId} ${kind}; sent ${moment(sentAt)}, received ${receivedTimes}×, kept until ${moment(keptUntil)}`,
    ...told,
    ...(words.length > WORDS_TOLD ? [`    … and ${words.length - WORDS_TOLD} more`] : []),
    ...(kind === 'unreadable' ? [`    ${escaped(JSON.stringify(body), BODY_CHARACTERS)}`] : []),
  ];
}

/** Functions log the id of a message that they fail on, or what else went wrong as an error. */
function logsText(messageId: string, logGroup: string | undefined): string {
  const where = logGroup ? `the log group ${logGroup}` : "the function's log group";
  return [
    `  Why it failed, in CloudWatch Logs Insights on ${where}:`,
    `    fields @timestamp, @message | filter @message like "${messageId}" or level = "ERROR" | sort @timestamp`,
  ].join('\n');
}

/** Words of others on one line, with nothing in them that a terminal would obey. */
function escaped(text: string, most: number): string {
  const safe = text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return safe.length > most ? `${safe.slice(0, most)}…` : safe;
}

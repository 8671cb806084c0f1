import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { JudgedLetter } from './judge-letter.ts';

/**
 * Writes letters to a new file, a line of JSON each with the whole body and all attributes; resolves
 * with its path once the disk has it.
 */
export async function saveLetters(
  letters: readonly JudgedLetter[],
  folder: string,
  now: Date,
): Promise<string> {
  const path = join(folder, `dead-letters-${now.toISOString().replaceAll(':', '')}.jsonl`);
  // Keys of videos are nobody else's business; and no file of an earlier run is written over.
  const file = await open(path, 'wx', 0o600);
  try {
    for (const judged of letters) await file.write(`${JSON.stringify(recordOf(judged))}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

function recordOf({ letter, kind, words }: JudgedLetter) {
  const { queue, messageId, sentAt, receivedTimes, body, traceHeader } = letter;
  const attributes = Object.entries(letter.attributes).map(
    ([name, { BinaryValue: bytes, ...others }]) => [
      name,
      bytes ? { ...others, BinaryValue: Buffer.from(bytes).toString('base64') } : others,
    ],
  );
  return {
    queue,
    messageId,
    sentAt: sentAt.toISOString(),
    receivedTimes,
    kind,
    words,
    body,
    messageAttributes: Object.fromEntries(attributes),
    traceHeader,
  };
}

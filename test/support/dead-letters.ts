import type { DeadLetter } from '../../cli/redrive/dead-letter.ts';
import type { LetterBox } from '../../cli/redrive/letter-box.ts';
import { MADE_AT } from './rows.ts';

/** A dead letter with that body, or that JSON. */
export function aDeadLetter(body: unknown, fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    queue: 'Uploads',
    messageId: 'message-1',
    receiptHandle: 'handle-1',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    sentAt: MADE_AT,
    receivedTimes: 6,
    attributes: {},
    traceHeader: undefined,
    ...fields,
  };
}

/** A letter box in memory that keeps what was done with it, in order. */
export interface FakeLetterBox extends LetterBox {
  readonly acts: readonly string[];
}

export function fakeLetterBox(letters: readonly DeadLetter[]): FakeLetterBox {
  const left = new Map(letters.map((letter) => [letter.messageId, letter]));
  const acts: string[] = [];
  const noted = (act: string) => async (letter: DeadLetter) => {
    acts.push(`${act} ${letter.messageId}`);
  };
  return {
    acts,
    queue: 'Uploads',
    held: () => [...left.values()],
    count: async () => left.size,
    receive: async () => true,
    holdOn: async () => {},
    claim: async (letter) => left.has(letter.messageId),
    sendBack: noted('send'),
    async remove(letter) {
      left.delete(letter.messageId);
      await noted('remove')(letter);
    },
    release: async () => left.clear(),
  };
}

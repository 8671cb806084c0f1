import type { QueueName } from '../doctor/queues.ts';
import type { DeadLetter } from './dead-letter.ts';

/** So many are looked at in one run; who has more runs it again. */
export const MOST_LETTERS = 1_000;

/** A stage's dead letters, as far as they are held here. */
export interface LetterBox {
  readonly queue: QueueName;
  /** Those that are held: nobody else sees them until they are released, or a minute has passed. */
  held(): readonly DeadLetter[];
  /** About how many there are, those included that somebody else has received just now. */
  count(): Promise<number>;
  /** Takes hold of all letters, up to MOST_LETTERS of them; false when it ended before it had all. */
  receive(signal: AbortSignal): Promise<boolean>;
  /** Holds them for another minute; whom it can't, comes back to the queue by itself. */
  holdOn(): Promise<void>;
  /** Holds one for another minute; false when it is not ours any more, but somebody else's. */
  claim(letter: DeadLetter): Promise<boolean>;
  /** Sends a copy to the queue that the letter comes from, with its very body and attributes. */
  sendBack(letter: DeadLetter): Promise<void>;
  /** Deletes it for good. */
  remove(letter: DeadLetter): Promise<void>;
  /** Lets others see at once all that are still held. */
  release(): Promise<void>;
}

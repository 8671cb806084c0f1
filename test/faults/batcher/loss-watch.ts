import { pickOf } from '../../../local/twelvelabs/chance.ts';
import type { Batch } from '../../../shared/batch.ts';
import { batchKey } from '../../../shared/store/keys.ts';
import { secondsSince } from '../../../shared/waiting-room.ts';
import type { Around, BatcherWorld } from '../../support/batcher-world.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { type Loss, losses } from './losses.ts';

/** A create without a clear answer, and what became of it. */
export interface Resolution {
  readonly loss: Loss;
  /** From its sending until its batch was adopted, or its analyses were free again. */
  readonly seconds: number;
  /** Whether it was adopted. */
  readonly isFound: boolean;
}

/** How many creates go well. */
const LUCK = 0.25;
/** `custom_id`s end in our id of the batch. */
const BATCH_ID_LENGTH = 36;

/** Spoils creates of one world until `most` were, and notes when each was resolved. */
export class LossWatch {
  readonly resolutions: Resolution[] = [];
  readonly #world: BatcherWorld;
  readonly #dice: SeededDice;
  readonly #most: number;
  readonly #name: string;
  readonly #open = new Map<string, { readonly loss: Loss; readonly sentAt: string }>();
  #creates = 0;
  #spoiled = 0;

  constructor(world: BatcherWorld, dice: SeededDice, most: number, name: string) {
    this.#world = world;
    this.#dice = dice;
    this.#most = most;
    this.#name = name;
  }

  /** All were spoiled that were to be. */
  get isOver(): boolean {
    return this.#spoiled >= this.#most;
  }

  /** Those that are not resolved. */
  get open(): number {
    return this.#open.size;
  }

  /** One invocation of the batcher, with its creates spoiled by chance. */
  async submit(): Promise<void> {
    await this.#world.submit(this.#around);
    const now = this.#world.clock.now();
    for (const [batchId, { loss, sentAt }] of this.#open) {
      const row = (await this.#world.store.read(batchKey(batchId))) as Batch | undefined;
      if (row?.state === 'intended') continue;
      this.#open.delete(batchId);
      const seconds = secondsSince(sentAt, now);
      this.resolutions.push({ loss, seconds, isFound: row?.providerBatchId !== undefined });
    }
  }

  readonly #around: Around = async (name, call, args) => {
    if (name !== 'provider.createBatch' || this.isOver) return await call();
    this.#creates += 1;
    const question = [this.#name, this.#creates] as const;
    if (this.#dice.fraction('well', ...question) < LUCK) return await call();
    this.#spoiled += 1;
    const seed = Math.floor(this.#dice.fraction('seed', ...question) * 1e9);
    const loss = pickOf(losses, seed);
    const [{ requests }] = args as [{ requests: [{ custom_id: string }] }];
    const batchId = requests[0].custom_id.slice(-BATCH_ID_LENGTH);
    this.#open.set(batchId, { loss, sentAt: this.#world.clock.now().toISOString() });
    this.#world.box.faults.set(loss.fault);
    return await call();
  };
}

import { ProviderRefusedError } from '../../../shared/twelvelabs/errors.ts';
import { activeStatuses } from '../../../shared/twelvelabs/schemas.ts';
import type { Around, BatcherWorld } from '../../support/batcher-world.ts';

const isActive: ReadonlySet<string> = new Set(activeStatuses);

/** Watches what the provider refuses the batcher, and how many batches are active. */
export class AccountWatch {
  creates = 0;
  /** Refusals for which nobody else is to blame, in words. */
  readonly refusals: string[] = [];
  /** Refusals because a stranger took the slot after the batcher had looked. */
  overtaken = 0;
  mostActive = 0;
  readonly #world: BatcherWorld;
  #comeBetween: () => Promise<boolean> = async () => false;
  #hasComeBetween = false;

  constructor(world: BatcherWorld) {
    this.#world = world;
  }

  /**
   * One invocation of the batcher.
   * @param comeBetween called before each of its creates; says whether a slot was taken from it
   */
  async submit(comeBetween: () => Promise<boolean> = async () => false): Promise<void> {
    this.#hasComeBetween = false;
    this.#comeBetween = comeBetween;
    await this.#world.submit(this.#around);
    this.countActive();
  }

  countActive(): void {
    const statuses = this.#world.box.batches().map(({ status }) => status);
    const active = statuses.filter((status) => isActive.has(status));
    this.mostActive = Math.max(this.mostActive, active.length);
  }

  readonly #around: Around = async (name, call) => {
    if (name !== 'provider.createBatch') return await call();
    if (await this.#comeBetween()) this.#hasComeBetween = true;
    this.creates += 1;
    try {
      return await call();
    } catch (error) {
      const status = error instanceof ProviderRefusedError ? error.status : 0;
      if (status === 429 && this.#hasComeBetween) this.overtaken += 1;
      else this.refusals.push(`${status} ${error}`);
      throw error;
    } finally {
      this.countActive();
    }
  };
}

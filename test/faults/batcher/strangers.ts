import { isProviderError } from '../../../shared/twelvelabs/errors.ts';
import type { BatcherWorld } from '../../support/batcher-world.ts';

/** Others who use the same account: their batches take slots and are none of ours. */
export class Strangers {
  /** How many batches they have had. */
  taken = 0;
  readonly #world: BatcherWorld;
  readonly #assets: ReadonlyMap<number, string>;

  private constructor(world: BatcherWorld, assets: ReadonlyMap<number, string>) {
    this.#world = world;
    this.#assets = assets;
  }

  /** Strangers whose batches last for so many minutes. */
  static async in(world: BatcherWorld, minutes: readonly number[]): Promise<Strangers> {
    const assets = new Map<number, string>();
    for (const stay of minutes) {
      const filename = `stranger-${stay}.webm`;
      assets.set(stay, await world.newAsset(filename));
      world.box.faults.set({ kind: 'slow-item', filename, ms: stay * 60_000 });
    }
    return new Strangers(world, assets);
  }

  /** Creates a batch that lasts for so many minutes. @returns whether the provider took it */
  async take(minutes: number): Promise<boolean> {
    const video = { type: 'asset_id', asset_id: this.#assets.get(minutes) };
    const request = {
      model_name: 'pegasus1.5',
      analysis_mode: 'general',
      defaults: { prompt: { input_text: 'Who is this?' } },
      requests: [{ video, custom_id: `${STRANGER}${this.taken}` }],
    };
    try {
      await this.#world.provider.createBatch(request, this.#world.clock.now());
      this.taken += 1;
      return true;
    } catch (error) {
      if (!isProviderError(error)) throw error;
      return false;
    }
  }
}

/** How the `custom_id`s of strangers begin. */
export const STRANGER = 'stranger-';

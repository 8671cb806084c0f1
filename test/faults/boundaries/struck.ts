import type { Around, BatcherWorld } from '../../support/batcher-world.ts';

/** Where an invocation is struck: at call number `at` of all calls to the outside, from 0 on. */
export interface Blow {
  readonly at: number;
  /**
   * `before`: it dies, and the call is never made. `after`: it dies, and the call was made. `freeze`:
   * it stands still before the call, and goes on when the others have done their work.
   */
  readonly how: 'before' | 'after' | 'freeze';
}

export const waysToStrike = ['before', 'after', 'freeze'] as const;

/** One invocation. Whoever is dead makes no call any more; calls under way come to their end. */
interface Invocation {
  isDead: boolean;
  /** Resolves when it ended or died. */
  over: Promise<unknown>;
}

/** Invocations of the batcher in one world, some of which are struck at chosen calls. */
export class Struck {
  /** The names of the calls that were reached, in order, each with the invocation that made it. */
  readonly calls: { readonly name: string; readonly invocation: number }[] = [];
  #invocations = 0;
  readonly #world: BatcherWorld;
  readonly #blows: readonly Blow[];
  readonly #frozen: { readonly goOn: () => void; readonly invocation: Invocation }[] = [];

  constructor(world: BatcherWorld, blows: readonly Blow[]) {
    this.#world = world;
    this.#blows = blows;
  }

  /**
   * One invocation; resolves when it ended, died or stands still.
   * @param turn waited for before each call: where invocations run side by side, whose turn it is
   */
  async submit(turn: () => Promise<void> = async () => {}): Promise<void> {
    const number = this.#invocations++;
    const struck = Promise.withResolvers<void>();
    const died = Promise.withResolvers<void>();
    const invocation: Invocation = { isDead: false, over: died.promise };
    const die = <T>() => {
      invocation.isDead = true;
      died.resolve();
      return new Promise<T>(() => {});
    };
    const around: Around = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
      await turn();
      if (invocation.isDead) return await die<T>();
      const at = this.calls.push({ name, invocation: number }) - 1;
      const how = this.#blows.find((blow) => blow.at === at)?.how;
      if (how === 'before') return await die<T>();
      if (how === 'freeze') {
        struck.resolve();
        await new Promise<void>((goOn) => this.#frozen.push({ goOn, invocation }));
      }
      const result = await call();
      return how === 'after' || invocation.isDead ? await die<T>() : result;
    };
    const ended = this.#world.submit(around).catch((error: unknown) => {
      this.#world.log.error('invocation_failed', { error: String(error) });
    });
    invocation.over = Promise.race([ended, died.promise]);
    await Promise.race([invocation.over, struck.promise]);
  }

  /** Lets those that stand still go on, one after the other, each to its end. */
  async thaw(): Promise<void> {
    for (const { goOn, invocation } of this.#frozen.splice(0)) {
      goOn();
      await invocation.over;
    }
  }
}

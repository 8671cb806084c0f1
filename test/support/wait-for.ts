import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait, and what to print when it was in vain. */
export interface WaitForOptions {
  readonly timeoutMs?: number;
  /** Pause between two looks; longer where each of them costs something. */
  readonly pollMs?: number;
  /** The state that was waited on, for the message. */
  readonly describe?: () => unknown;
}

const POLL_MS = 10;

/** Resolves with the first value of `condition` that is neither false nor absent; polls in real time. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, pollMs = POLL_MS, describe }: WaitForOptions = {},
): Promise<Exclude<Awaited<T>, false | null | undefined>> {
  const giveUpAtMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<Awaited<T>, false | null | undefined>;
    }
    if (Date.now() >= giveUpAtMs) {
      throw new Error(`waited ${timeoutMs} ms in vain; state: ${await stateText(describe)}`);
    }
    await sleep(pollMs);
  }
}

async function stateText(describe: (() => unknown) | undefined): Promise<string> {
  if (!describe) return 'not described';
  const state = await describe();
  return typeof state === 'string' ? state : JSON.stringify(state, undefined, 2);
}

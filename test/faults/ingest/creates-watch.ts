import type { Clock } from '../../../local/clock.ts';
import type { TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import type { Fault } from '../../../local/twelvelabs/faults/fault.ts';

const MINUTE_MS = 60_000;

/** The requests for new assets, told apart by what became of them at the provider. */
export interface CreatesWatch {
  /** Requests that a fault ended before the provider did anything. */
  readonly spoiled: () => number;
  /**
   * Requests that the provider itself refused, for its rate or anything else: those that no fault
   * kept from it and that made no asset all the same.
   */
  readonly refused: () => number;
  /** The most of them that the provider had to deal with in any 60 seconds. */
  readonly mostInAMinute: () => number;
}

/** Watches every POST /assets from the moment on at which faults are decided, which is its first. */
export function watchCreates(box: TwelveLabsBox, clock: Clock): CreatesWatch {
  const { faults } = box;
  const strike = faults.strike.bind(faults);
  const dealtWithAtMs: number[] = [];
  let spoiled = 0;
  faults.strike = (kinds, subject) => {
    const struck = strike(kinds, subject);
    if (subject.operation === 'assets.create') {
      if (struck.some(comesBeforeTheWork)) spoiled += 1;
      else dealtWithAtMs.push(clock.nowMs());
    }
    return struck;
  };
  return {
    spoiled: () => spoiled,
    refused: () => dealtWithAtMs.length - box.ledger.assets().length,
    mostInAMinute: () => mostInWindow(dealtWithAtMs, MINUTE_MS),
  };
}

function comesBeforeTheWork(fault: Fault): boolean {
  return fault.kind === 'lose-request' || (fault.kind === 'answer' && !fault.afterWork);
}

/** The most moments, given in their order, that lie within one window. */
function mostInWindow(momentsMs: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [at, momentMs] of momentsMs.entries()) {
    while ((momentsMs[first] ?? momentMs) <= momentMs - windowMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

import type { BatchingMemory } from '../../shared/store/batching-memory.ts';
import { later, secondsSince } from '../../shared/waiting-room.ts';
import type { LostRequest } from './settle-intent.ts';

/** How long a size that was too slow is not tried again. */
const TOO_SLOW_SECONDS = 6 * 3_600;
const FEW_TOO_SLOW_SECONDS = 900;
/** So few analyses are hardly ever slow for their number. */
const FEW = 100;
/** Refused alone so often in a row, it is not the videos that the provider refuses. */
export const REFUSALS_OF_A_PROFILE = 3;
/**
 * After how long an analysis of a refused profile is tried again: another one at once, then twice as
 * long after each refusal.
 */
const FIRST_PROBE_SECONDS = 900;
const LAST_PROBE_SECONDS = 24 * 3_600;
/** As many searches are remembered at most; who forgets one begins another. */
const MAX_SEARCHES = 50;

/** The provider took a batch of `items` analyses, with profiles of these versions. */
export function afterTaken(
  memory: BatchingMemory,
  { items, versions }: { readonly items: number; readonly versions: ReadonlySet<string> },
  maxRequests: number,
  now: Date,
): BatchingMemory {
  const refused = Object.entries(memory.refusedProfiles);
  const { pausedUntil, ...going } = memory;
  return {
    ...grown(going, items, maxRequests, now),
    refusedProfiles: Object.fromEntries(refused.filter(([version]) => !versions.has(version))),
    refusedAloneInARow: 0,
    pausesInARow: 0,
    absences: 0,
  };
}

/** A batch was refused, of which some are suspects now: the search goes on among those. */
export function afterRefused(
  memory: BatchingMemory,
  { batchId, search }: { readonly batchId: string; readonly search: string | undefined },
): BatchingMemory {
  const others = memory.searches.filter((id) => id !== search);
  return { ...memory, searches: [...others, batchId].slice(-MAX_SEARCHES) };
}

/** A search came to its end. */
export function withoutSearch(memory: BatchingMemory, search: string | undefined): BatchingMemory {
  if (search === undefined) return memory;
  return { ...memory, searches: memory.searches.filter((id) => id !== search) };
}

/** An analysis was refused alone, maybe for what the profile of this `version` asks. */
export function afterRefusedAlone(
  memory: BatchingMemory,
  { version, reason }: { readonly version: string | undefined; readonly reason: string },
  now: Date,
): BatchingMemory {
  if (version === undefined) return memory;
  const refusedAloneInARow = memory.refusedAloneInARow + 1;
  const refusals = (memory.refusedProfiles[version]?.refusals ?? 0) + 1;
  const tooMany = refusals - REFUSALS_OF_A_PROFILE;
  const seconds =
    tooMany <= 0 ? 0 : Math.min(LAST_PROBE_SECONDS, FIRST_PROBE_SECONDS * 2 ** (tooMany - 1));
  const probeAt = later(now, seconds).toISOString();
  const refusedProfiles = { ...memory.refusedProfiles, [version]: { refusals, probeAt, reason } };
  return { ...memory, refusedAloneInARow, refusedProfiles };
}

/**
 * A batch of `items` was too slow or too large: half of it is the most to try next. Of a few, once is
 * no matter of size yet.
 */
export function afterTooSlow(memory: BatchingMemory, items: number, now: Date): BatchingMemory {
  // Nothing is smaller than one.
  if (items === 1) return memory;
  const tooSlow = { items, at: now.toISOString() };
  const isFirstOfFew = items <= FEW && !(memory.tooSlow && memory.tooSlow.items <= FEW);
  if (isFirstOfFew) return { ...memory, tooSlow };
  return { ...memory, tooSlow, maxItems: Math.max(1, Math.floor(items / 2)) };
}

/** A request with `items` analyses came to nothing. Once is chance; twice, it may have been too slow. */
export function afterAbsence(
  memory: BatchingMemory,
  { items, batchId, search, hasSuspects }: LostRequest,
  now: Date,
): BatchingMemory {
  const absences = memory.absences + 1;
  const known = hasSuspects
    ? afterRefused(memory, { batchId, search })
    : withoutSearch(memory, search);
  return { ...(absences % 2 === 0 ? afterTooSlow(known, items, now) : known), absences };
}

/**
 * Grows again, carefully: by a quarter of the way to what was too slow, and no further until that is
 * long ago or has passed after all; from then on by a quarter of what passed.
 */
function grown(
  memory: BatchingMemory,
  items: number,
  maxRequests: number,
  now: Date,
): BatchingMemory {
  const { maxItems = maxRequests, tooSlow, ...rest } = memory;
  const isRefuted = !tooSlow || items >= tooSlow.items;
  const known = isRefuted ? {} : { tooSlow };
  if (maxItems >= maxRequests) return { ...rest, ...known };
  if (items < maxItems) return { ...rest, ...known, maxItems };
  const isOver = isRefuted || secondsSince(tooSlow.at, now) >= forgottenAfter(tooSlow.items);
  const room = isOver ? Math.max(items, FEW) : tooSlow.items - items - 1;
  const next = items + Math.ceil(Math.max(0, room) / 4);
  return next >= maxRequests ? rest : { ...rest, ...known, maxItems: next };
}

/** A batch of a few costs little to try, and going by few costs much. */
function forgottenAfter(items: number): number {
  return items <= FEW ? FEW_TOO_SLOW_SECONDS : TOO_SLOW_SECONDS;
}

/** What is known about the provider's slots when it is decided whether a batch goes. */
export interface Slots {
  /** How many batches may be active at a time. */
  readonly maxActive: number;
  /** How many batches may be sent now. */
  readonly free: number;
  /** The batches active now, in any order; those of strangers and those just sent included. */
  readonly active: readonly { readonly ageSeconds: number; readonly items: number }[];
  /** Our own batches that ended last, some 20 of them, in any order; none at the beginning. */
  readonly recent: readonly EndedBatch[];
}

export interface EndedBatch {
  /** From its creation to its end. */
  readonly turnaroundSeconds: number;
  readonly items: number;
}

/** What waits to travel together, at least one analysis and less than a full batch. */
export interface PartialBatch {
  readonly count: number;
  readonly oldestAgeSeconds: number;
  readonly maxRequests: number;
}

const COMPANY_SECONDS = 10;
const MAX_WAIT_SECONDS = 3_600;
const UNKNOWN_TURNAROUND_SECONDS = 1_800;
/** Distances are a little less than even: a slot that idles is lost, turnarounds are a guess. */
const PACE = 0.85;
/** How much scatter in the turnarounds weakens the belief that they grow with the batch. */
const DOUBT = 0.02;

/**
 * Seconds from now for which a batch that is not full is kept back: 0 if it goes now, infinite only
 * if no slot is free. What comes while all slots are taken waits until one comes free, so batches go
 * at even distances: those that the slots allow until the active batches end. The more turnarounds
 * grow with the batch, the less waiting saves, and the shorter they are. What is full within half
 * a distance more waits for that. With a slot free nothing waits for over an hour since it was queued;
 * with no batch active, for over 10 s. `npm run simulate` compares this with other policies.
 */
export function partialWaitSeconds(batch: PartialBatch, slots: Slots): number {
  if (slots.free <= 0) return Number.POSITIVE_INFINITY;
  const { count, oldestAgeSeconds: age, maxRequests } = batch;
  const { seconds, fixedShare } = typicalTurnaround(slots.recent);
  const distance = PACE * fixedShare ** 2 * evenDistance(slots, seconds);
  const sinceLast = Math.min(...slots.active.map(({ ageSeconds }) => ageSeconds));
  const company = Math.min(COMPANY_SECONDS, (fixedShare * seconds) / slots.maxActive);
  const paced = Math.max(0, company - age, distance - sinceLast);
  const untilFull = ((maxRequests - count) * age) / count;
  const wished = untilFull < paced + distance / 2 ? Math.max(paced, untilFull) : paced;
  return Math.max(0, Math.min(wished, MAX_WAIT_SECONDS - age));
}

/** The longest distance that one of the next slots asks for, if batches take so many seconds. */
function evenDistance({ active, free }: Slots, seconds: number): number {
  const sinceLast = Math.min(...active.map(({ ageSeconds }) => ageSeconds));
  // One that is overdue is given half of the time once more.
  const untilEnds = active
    .map(({ ageSeconds: age }) => seconds - (age < seconds ? age : seconds / 2))
    .sort((a, b) => a - b);
  return Math.max(0, ...untilEnds.map((its, at) => (sinceLast + its) / (free + at + 1)));
}

/** The mean, and the share of it that does not grow with the batch, by a damped regression. */
function typicalTurnaround(recent: readonly EndedBatch[]) {
  const mean = (of: (its: EndedBatch) => number) =>
    recent.reduce((sum, its) => sum + of(its) / recent.length, 0);
  const seconds = mean((its) => its.turnaroundSeconds) || UNKNOWN_TURNAROUND_SECONDS;
  const items = mean((its) => its.items) || 1;
  const size = (its: EndedBatch) => its.items / items - 1;
  const time = (its: EndedBatch) => its.turnaroundSeconds / seconds - 1;
  const sizes = mean((its) => size(its) ** 2);
  if (sizes < 1e-9) return { seconds, fixedShare: 1 };
  const both = mean((its) => size(its) * time(its));
  const scatter = Math.max(0, mean((its) => time(its) ** 2) - both ** 2 / sizes);
  const growingShare = both / (sizes + DOUBT * scatter);
  return { seconds, fixedShare: Math.min(1, Math.max(0, 1 - growingShare)) };
}

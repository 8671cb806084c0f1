import type { FaultInput } from '../../../local/twelvelabs/faults/fault.ts';

/** What befalls webhooks, messages and the clock in one world; what is left out is as it should be. */
export interface World {
  readonly name: string;
  /** How many times the receiver is registered: so often comes each event, all at the same moment. */
  readonly endpoints?: number;
  /** What becomes of the provider's events. */
  readonly faults?: readonly FaultInput[];
  /** Every few minutes somebody who knows our batches posts events of each, all of them forged. */
  readonly isForged?: boolean;
  /** The end of each item is announced, too. */
  readonly hasTaskEvents?: boolean;
  /** How many of the messages of our own queues are lost for good. */
  readonly lostMessages?: number;
  /** For six hours in the middle of the work no schedule fires. */
  readonly isClockStopped?: boolean;
}

const HOUR_MS = 3_600_000;
const COPIES = 20;
const LOST_SHARE = 0.3;

const someLost: FaultInput = { kind: 'lose-webhook', probability: LOST_SHARE };
const allLost: FaultInput = { kind: 'lose-webhook' };

/** Of the faults of a kind the first that strikes is taken: by these, each delay is as likely. */
const late: readonly FaultInput[] = [1, 2, 3, 4, 5, 6].map((hours) => ({
  kind: 'delay-webhook',
  ms: hours * HOUR_MS,
  probability: 1 / (7 - hours),
}));

/** In which nothing but forged events come, and the one that it has to be like. */
export const FORGED_ONLY = 'forged ones only';
export const ALL_LOST = 'all lost';

/** The same work is lived in each of these. */
export const worlds: readonly World[] = [
  { name: 'healthy' },
  { name: '30 % lost', faults: [someLost] },
  { name: ALL_LOST, faults: [allLost] },
  { name: '20 times each', endpoints: COPIES },
  { name: '1 to 6 h late', faults: late },
  { name: 'forged ones besides', isForged: true },
  { name: FORGED_ONLY, isForged: true, faults: [allLost] },
  { name: 'task events besides', hasTaskEvents: true },
  { name: '30 % of our messages lost', lostMessages: LOST_SHARE },
  { name: 'all lost, clock stopped', faults: [allLost], isClockStopped: true },
  {
    name: 'all of it together',
    endpoints: COPIES,
    faults: [someLost, ...late],
    isForged: true,
    hasTaskEvents: true,
    lostMessages: LOST_SHARE,
    isClockStopped: true,
  },
];

import { PipelineError } from './errors.ts';

/**
 * Who moves a row on, in the order a video meets them. Each stage is a function, but for two:
 * register-asset does `schedule-upload` too, the line for the upload rate, and submit-batches
 * `settle-batches`, so that what was begun does not stand in line behind a backlog.
 */
export const stages = [
  'accept-upload',
  'schedule-upload',
  'register-asset',
  'upload-chunks',
  'admit-asset',
  'submit-batches',
  'settle-batches',
  'collect-results',
] as const;

export type Stage = (typeof stages)[number];

/**
 * The states of one kind of row. A state either names the stage that moves the row on, together with
 * the states it may move to, or it is final. So a row that waits for nobody can't be written.
 */
export type Lifecycle = Readonly<Record<string, WaitingState | 'final'>>;

interface WaitingState {
  readonly stage: Stage;
  readonly next: readonly string[];
  /**
   * Days that a row may be in it, and where it ends then: long after every patience of the stage itself
   * is over. Without, a row waits there for as long as its turn takes.
   */
  readonly longest?: { readonly days: number; readonly end: string };
}

/** Of what waits for a file or the surroundings to be put right. */
const A_MONTH = { days: 30, end: 'failed' } as const;
/** Of what is at the provider: nothing of it is left there after 30 days. */
const BEYOND_RETENTION_DAYS = 45;
const TO_FAILED = { days: BEYOND_RETENTION_DAYS, end: 'failed' } as const;
const TO_ABANDONED = { days: BEYOND_RETENTION_DAYS, end: 'abandoned' } as const;
const TO_CLOSED = { days: BEYOND_RETENTION_DAYS, end: 'closed' } as const;

/** Video: the newest upload of a key, on its way to an asset that can be analysed. */
export const videoLifecycle = {
  received: {
    stage: 'accept-upload',
    next: ['received', 'waiting', 'rejected', 'failed'],
    longest: A_MONTH,
  },
  waiting: { stage: 'schedule-upload', next: ['waiting', 'registering', 'failed'] },
  registering: {
    stage: 'register-asset',
    next: ['registering', 'waiting', 'uploading', 'processing', 'rejected', 'failed'],
    longest: A_MONTH,
  },
  uploading: {
    stage: 'upload-chunks',
    next: ['uploading', 'registering', 'processing', 'rejected', 'failed'],
    longest: A_MONTH,
  },
  processing: {
    stage: 'admit-asset',
    next: ['processing', 'registering', 'admitted', 'rejected', 'failed'],
    longest: A_MONTH,
  },
  admitted: 'final',
  rejected: 'final',
  failed: 'final',
} as const satisfies Lifecycle;

/**
 * Analysis: one profile asked of one video. A result line may find it still `submitting`, when the
 * batcher died between creating the batch and noting it down on each of its analyses.
 */
export const analysisLifecycle = {
  queued: { stage: 'submit-batches', next: ['queued', 'submitting', 'failed'] },
  submitting: {
    stage: 'settle-batches',
    next: ['submitting', 'submitted', 'queued', 'ready', 'failed'],
    longest: TO_FAILED,
  },
  submitted: {
    stage: 'collect-results',
    next: ['submitted', 'ready', 'failed', 'queued'],
    longest: TO_FAILED,
  },
  ready: 'final',
  failed: 'final',
} as const satisfies Lifecycle;

/**
 * Batch: one request to create a batch, written down before it is sent. One that was sent, and never
 * shown by the provider, is `disowned`: its analyses are free, and it is looked for a while yet.
 */
export const batchLifecycle = {
  intended: {
    stage: 'settle-batches',
    next: ['intended', 'active', 'abandoned', 'disowned'],
    longest: TO_ABANDONED,
  },
  disowned: {
    stage: 'settle-batches',
    next: ['disowned', 'active', 'abandoned'],
    longest: TO_ABANDONED,
  },
  active: { stage: 'collect-results', next: ['active', 'closed'], longest: TO_CLOSED },
  closed: 'final',
  abandoned: 'final',
} as const satisfies Lifecycle;

/** The lifecycle of each kind of row. */
export const lifecycles = {
  video: videoLifecycle,
  analysis: analysisLifecycle,
  batch: batchLifecycle,
};

/** Whether a row of this kind is over in this state. */
export function isFinal(kind: keyof typeof lifecycles, state: string): boolean {
  const lifecycle: Lifecycle = lifecycles[kind];
  return lifecycle[state] === 'final';
}

/** Thrown when code asks for a move that the lifecycle of the row does not know: a defect of ours. */
export class IllegalMoveError extends PipelineError {
  override readonly name = 'IllegalMoveError';
  readonly code = 'illegal_move';
  readonly retryable = false;

  constructor(from: string, to: string) {
    super(`no move leads from ${from} to ${to}`);
  }
}

/**
 * The stage that a row waits for once it has moved from `from` to `to`; undefined when `to` is final.
 * @throws IllegalMoveError when the lifecycle has no such move
 */
export function stageAfter(lifecycle: Lifecycle, from: string, to: string): Stage | undefined {
  const here = lifecycle[from];
  const there = lifecycle[to];
  if (!here || here === 'final' || !there || !here.next.includes(to)) {
    throw new IllegalMoveError(from, to);
  }
  return there === 'final' ? undefined : there.stage;
}

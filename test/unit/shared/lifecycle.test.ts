import { describe, expect, it } from 'vitest';
import {
  analysisLifecycle,
  batchLifecycle,
  IllegalMoveError,
  type Lifecycle,
  stageAfter,
  stages,
  videoLifecycle,
} from '../../../shared/lifecycle.ts';

interface Expected {
  readonly lifecycle: Lifecycle;
  readonly first: string;
  /** Every legal move, and no other. */
  readonly moves: Readonly<Record<string, readonly string[]>>;
  /** Who moves a row on, in each state that waits. */
  readonly stages: Readonly<Record<string, string>>;
}

const expected: Record<string, Expected> = {
  video: {
    lifecycle: videoLifecycle,
    first: 'received',
    moves: {
      received: ['received', 'waiting', 'rejected', 'failed'],
      waiting: ['waiting', 'registering', 'failed'],
      registering: ['registering', 'waiting', 'uploading', 'processing', 'rejected', 'failed'],
      uploading: ['uploading', 'registering', 'processing', 'rejected', 'failed'],
      processing: ['processing', 'registering', 'admitted', 'rejected', 'failed'],
    },
    stages: {
      received: 'accept-upload',
      waiting: 'schedule-upload',
      registering: 'register-asset',
      uploading: 'upload-chunks',
      processing: 'admit-asset',
    },
  },
  analysis: {
    lifecycle: analysisLifecycle,
    first: 'queued',
    moves: {
      queued: ['queued', 'submitting', 'failed'],
      submitting: ['submitting', 'submitted', 'queued', 'ready', 'failed'],
      submitted: ['submitted', 'queued', 'ready', 'failed'],
    },
    stages: {
      queued: 'submit-batches',
      submitting: 'settle-batches',
      submitted: 'collect-results',
    },
  },
  batch: {
    lifecycle: batchLifecycle,
    first: 'intended',
    moves: {
      intended: ['intended', 'active', 'abandoned', 'disowned'],
      disowned: ['disowned', 'active', 'abandoned'],
      active: ['active', 'closed'],
    },
    stages: {
      intended: 'settle-batches',
      disowned: 'settle-batches',
      active: 'collect-results',
    },
  },
};

const kinds = Object.entries(expected).map(([kind, rest]) => ({ kind, ...rest }));

const pairs = kinds.flatMap(({ kind, lifecycle, moves, stages: stageOf }) =>
  Object.keys(lifecycle).flatMap((from) =>
    Object.keys(lifecycle).map((to) => ({
      kind,
      lifecycle,
      from,
      to,
      isLegal: moves[from]?.includes(to) ?? false,
      stage: stageOf[to],
    })),
  ),
);

describe('a legal move', () => {
  it.each(pairs.filter(({ isLegal }) => isLegal))(
    'of a $kind from $from to $to leaves it waiting for $stage',
    ({ lifecycle, from, to, stage }) => {
      expect(stageAfter(lifecycle, from, to)).toBe(stage);
      expect(stage === undefined).toBe(lifecycle[to] === 'final');
    },
  );
});

describe('an illegal move', () => {
  it.each(pairs.filter(({ isLegal }) => !isLegal))(
    'of a $kind from $from to $to throws',
    ({ lifecycle, from, to }) => {
      expect(() => stageAfter(lifecycle, from, to)).toThrow(IllegalMoveError);
    },
  );

  it.each(kinds)('of a $kind to or from a state that it does not know throws', (kind) => {
    expect(() => stageAfter(kind.lifecycle, kind.first, 'lost')).toThrow(IllegalMoveError);
    expect(() => stageAfter(kind.lifecycle, 'lost', kind.first)).toThrow(IllegalMoveError);
  });

  it('says from where to where, and that another try is of no use', () => {
    const attempt = () => stageAfter(videoLifecycle, 'admitted', 'registering');
    expect(attempt).toThrow('no move leads from admitted to registering');
    expect(attempt).toThrow(expect.objectContaining({ code: 'illegal_move', retryable: false }));
  });
});

describe.each(kinds)('the lifecycle of a $kind', ({ lifecycle, first }) => {
  it('reaches each of its states from the first', () => {
    expect(reachableFrom(lifecycle, first)).toEqual(new Set(Object.keys(lifecycle)));
  });

  it('leads from every state that waits to one that is final', () => {
    for (const [state, here] of Object.entries(lifecycle)) {
      if (here === 'final') continue;
      const ends = [...reachableFrom(lifecycle, state)].filter((it) => lifecycle[it] === 'final');
      expect(ends, state).not.toEqual([]);
    }
  });

  it('lets every state that waits stay, so that a due time can be pushed forward', () => {
    for (const [state, here] of Object.entries(lifecycle)) {
      if (here !== 'final') expect(stageAfter(lifecycle, state, state)).toBe(here.stage);
    }
  });
});

it('gives every stage something to move', () => {
  const used = kinds.flatMap(({ lifecycle }) =>
    Object.values(lifecycle).flatMap((here) => (here === 'final' ? [] : [here.stage])),
  );
  expect(new Set(used)).toEqual(new Set(stages));
});

function reachableFrom(lifecycle: Lifecycle, first: string): Set<string> {
  const reached = new Set([first]);
  for (const state of reached) {
    const here = lifecycle[state];
    if (here === undefined || here === 'final') continue;
    for (const next of here.next) reached.add(next);
  }
  return reached;
}

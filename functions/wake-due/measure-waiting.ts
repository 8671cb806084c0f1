import { type Lifecycle, lifecycles, type Stage } from '../../shared/lifecycle.ts';
import type { Count, Measure } from '../../shared/metrics.ts';
import type { CountedQueue } from '../../shared/queue.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import type { Store } from '../../shared/store/store.ts';
import { secondsSince } from '../../shared/waiting-room.ts';

export interface MeasureWaitingDeps {
  readonly store: Pick<Store, 'countIn' | 'firstSince'>;
  /** What could not be consumed, by the queue that it came from. */
  readonly deadLetters: Readonly<Record<string, Pick<CountedQueue<never>, 'countMessages'>>>;
  readonly measure: Measure;
  readonly count: Count;
  readonly now: () => Date;
}

/** Fourteen ticks of a minute, late ones too: each span of a quarter of an hour that metrics are looked at by has one. */
const PERIOD_SECONDS = 830;
/** Where a row waits for its turn, for as long as that takes. */
const LINES: readonly Stage[] = ['schedule-upload', 'submit-batches'];
/** A longer line is measured as this long: its age says more. */
const MOST_COUNTED = 100_000;

/** The states in which a row waits, with who moves it on. */
const waitingStates = Object.values<Lifecycle>(lifecycles).flatMap((lifecycle) =>
  Object.entries(lifecycle).flatMap(([state, here]) =>
    here === 'final' ? [] : [{ state: state as Row['state'], stage: here.stage }],
  ),
);

/**
 * Every quarter of an hour: how many rows wait at each stage, and for how many seconds the oldest has
 * been in its state; the oldest of what should get on within a day or so, for it waits for no turn; and
 * the dead letters. Nothing is measured where there is nothing.
 * @returns when it was measured; undefined when it was not time yet
 */
export async function measureWaiting(
  measuredAt: string | undefined,
  deps: MeasureWaitingDeps,
): Promise<{ readonly measuredAt: string } | undefined> {
  if (measuredAt && secondsSince(measuredAt, deps.now()) < PERIOD_SECONDS) return undefined;
  const startedAt = deps.now().toISOString();
  await measureRows(deps);
  await countDeadLetters(deps);
  return { measuredAt: startedAt };
}

async function measureRows({ store, measure, now }: MeasureWaitingDeps): Promise<void> {
  const atStages = new Map<Stage, { rows: number; oldestSeconds: number }>();
  for (const { state, stage } of waitingStates) {
    const since = await store.firstSince(state);
    if (since === undefined) continue;
    const rows = await store.countIn(state, MOST_COUNTED);
    const known = atStages.get(stage) ?? { rows: 0, oldestSeconds: 0 };
    const oldestSeconds = Math.max(known.oldestSeconds, Math.round(secondsSince(since, now())));
    atStages.set(stage, { rows: known.rows + rows, oldestSeconds });
  }
  for (const [stage, { rows, oldestSeconds }] of atStages) {
    measure('RowsWaiting', rows, { stage });
    measure('OldestWaiting', oldestSeconds, { stage });
  }
  const underWay = [...atStages].filter(([stage]) => !LINES.includes(stage));
  if (underWay.length === 0) return;
  measure('OldestUnderWay', Math.max(...underWay.map(([, { oldestSeconds }]) => oldestSeconds)));
}

async function countDeadLetters({ deadLetters, count }: MeasureWaitingDeps): Promise<void> {
  for (const [queue, letters] of Object.entries(deadLetters)) {
    const messages = await letters.countMessages();
    if (messages > 0) count('DeadLetters', messages, { queue });
  }
}

import { type Lifecycle, lifecycles, type Stage } from '../../shared/lifecycle.ts';
import type { Measure } from '../../shared/observability.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import type { Store } from '../../shared/store/store.ts';
import { secondsSince } from '../../shared/waiting-room.ts';

export interface MeasureWaitingDeps {
  readonly store: Pick<Store, 'countIn' | 'firstSince'>;
  readonly measure: Measure;
  readonly now: () => Date;
}

/** Apart by a little less than what the metrics are looked at by, so that each span has one. */
const PERIOD_SECONDS = 890;
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
 * been in its state. Nothing is measured where nothing waits.
 * @returns when it was measured; undefined when it was not time yet
 */
export async function measureWaiting(
  measuredAt: string | undefined,
  { store, measure, now }: MeasureWaitingDeps,
): Promise<{ readonly measuredAt: string } | undefined> {
  if (measuredAt && secondsSince(measuredAt, now()) < PERIOD_SECONDS) return undefined;
  const atStages = new Map<Stage, { rows: number; oldestSeconds: number }>();
  for (const { state, stage } of waitingStates) {
    const since = await store.firstSince(state);
    if (since === undefined) continue;
    const rows = await store.countIn(state, MOST_COUNTED);
    const known = atStages.get(stage) ?? { rows: 0, oldestSeconds: 0 };
    const oldestSeconds = Math.max(known.oldestSeconds, secondsSince(since, now()));
    atStages.set(stage, { rows: known.rows + rows, oldestSeconds });
  }
  for (const [stage, { rows, oldestSeconds }] of atStages) {
    measure('RowsWaiting', rows, 'Count', { stage });
    measure('OldestWaiting', Math.round(oldestSeconds), 'Seconds', { stage });
  }
  return { measuredAt: now().toISOString() };
}

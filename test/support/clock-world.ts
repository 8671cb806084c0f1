import { type WakeDueDeps, wakeDue } from '../../functions/wake-due/wake-due.ts';
import type { RoundDue, RowDue } from '../../shared/messages.ts';
import { createClockMemory } from '../../shared/store/clock-memory.ts';
import { acquireLease, lastTaken } from '../../shared/store/lease.ts';
import { createStore } from '../../shared/store/store.ts';
import { type FakeQueue, fakeLog, fakeQueue } from './fakes.ts';
import { createMemoryTable } from './memory-table.ts';
import { atSecond } from './rows.ts';

/** A queue that keeps what it was sent, and says how far behind its consumer is. */
export interface CountedFakeQueue<T> extends FakeQueue<T> {
  waiting: number;
  countMessages(): Promise<number>;
}

/** The clock over a table in memory, at a time that stands still until it is moved. */
export function aClockWorld() {
  let second = 0;
  const now = () => atSecond(second);
  const log = fakeLog();
  const table = createMemoryTable();
  const store = createStore(table, now, log);
  const measured: { metric: string; value: number; stage: string | undefined }[] = [];
  const measure = (metric: string, value: number, stage?: string) => {
    measured.push({ metric, value, stage });
  };
  const queues = {
    'accept-upload': countedQueue<RowDue>(),
    'register-asset': countedQueue<RowDue>(),
    'upload-chunks': countedQueue<RowDue>(),
    'admit-asset': countedQueue<RowDue>(),
    'collect-results': countedQueue<RowDue>(),
  };
  const deadLetters = countedQueue<never>();
  const rounds = {
    'schedule-upload': fakeQueue<RoundDue>(),
    'submit-batches': fakeQueue<RoundDue>(),
    'settle-batches': fakeQueue<RoundDue>(),
  };
  const deps: WakeDueDeps = {
    table,
    store,
    memory: createClockMemory(table),
    queues,
    rounds,
    deadLetters: { uploads: deadLetters },
    lastRound: () => lastTaken(table, 'submit-batches'),
    now,
    log,
    count: (metric, value, of) => measure(metric, value, of?.stage ?? of?.queue),
    measure: (metric, value, of) => measure(metric, value, of?.stage),
  };
  return {
    table,
    store,
    log,
    queues,
    rounds,
    deadLetters,
    measured,
    now,
    /** What was measured under a name. */
    of: (metric: string) => measured.filter((it) => it.metric === metric),
    tick: (different: Partial<WakeDueDeps> = {}) => wakeDue({ ...deps, ...different }),
    letPass: (seconds: number) => {
      second += seconds;
    },
    beginRound: () => acquireLease(table, 'submit-batches', 300, now),
  };
}

function countedQueue<T>(): CountedFakeQueue<T> {
  const queue = fakeQueue<T>();
  return {
    ...queue,
    waiting: 0,
    async countMessages() {
      return this.waiting;
    },
  };
}

import type { Stage } from '../../shared/lifecycle.ts';
import type { RowDue } from '../../shared/messages.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import { createStore } from '../../shared/store/store.ts';
import type { Video } from '../../shared/video.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { fakeLog, fakeQueue } from './fakes.ts';
import { atSecond } from './rows.ts';
import { startTable } from './start-table.ts';

/** The real store and the real waiting room with `rows` in it, at a clock that is set by hand. */
export async function startRows(rows: readonly Row[]) {
  const table = await startTable();
  await table.putAll(rows);
  const log = fakeLog();
  let second = 0;
  const now = () => atSecond(second);
  const store = createStore(table, now, log);
  const queues = {
    'register-asset': fakeQueue<RowDue>(),
    'upload-chunks': fakeQueue<RowDue>(),
    'admit-asset': fakeQueue<RowDue>(),
  } satisfies Partial<Record<Stage, unknown>>;
  return {
    store,
    waitingRoom: createWaitingRoom({ store, queues, now, log }),
    queues,
    log,
    now,
    at: (seconds: number) => {
      second = seconds;
    },
    videoNow: async ({ pk, sk }: Video) => (await store.read({ pk, sk })) as Video,
    /** Which stages were woken, and to come in how many seconds. */
    wakes: () =>
      Object.entries(queues).flatMap(([stage, { sent }]) =>
        sent.map(({ delaySeconds }) => [stage, delaySeconds] as const),
      ),
  };
}

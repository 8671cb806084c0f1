import type { BoxTiming } from '../../../local/twelvelabs/settings.ts';
import type { BoxSwitches } from '../../../local/twelvelabs/switches.ts';
import type { BatcherWorld } from '../../support/batcher-world.ts';

/** A way in which a batch ends before all of its items are done. */
export interface Ending {
  readonly name: string;
  readonly switches?: Partial<BoxSwitches>;
  /** For a batch of so many items. */
  timing?(count: number): Partial<BoxTiming>;
  /** What counts an item that comes back from it; nothing, where the late ones become ready all the same. */
  readonly counts?: 'setbacks' | 'notRun';
  /** Strikes the items of one asset, `left` of them, once each: before the batch is created. */
  strike?(world: BatcherWorld, assetId: string, left: number): void;
  /** Lets the batch come near its end, with `left` of its items undone. */
  approach(world: BatcherWorld, left: number): Promise<void>;
}

const HOUR_SECONDS = 3_600;
const HOUR_MS = HOUR_SECONDS * 1000;

/** The ways that the provider's pages leave open, and those that they tell. */
export const endings: readonly Ending[] = [
  expiring('expired, all undone canceled', 'cancel-all', 'notRun'),
  expiring('expired, in process failed', 'fail-processing', 'setbacks'),
  expiring('expired, in process failed later', 'finish-processing', 'setbacks'),
  {
    name: 'expired, in process ready later',
    switches: { expiry: 'finish-processing' },
    strike: (world, assetId, left) => {
      world.box.faults.set({ kind: 'slow-item', assetId, ms: 24 * HOUR_MS, times: left });
    },
    approach: nearExpiry,
  },
  {
    name: 'canceled by a stranger',
    counts: 'notRun',
    // One after the other, so that it can be canceled between any two.
    timing: (count) => ({ itemStartSpreadMs: count * 1_000 }),
    approach: cancelWith,
  },
  failing('completed, failed with a code', 'present'),
  failing('completed, failed without a code', 'absent'),
];

function expiring(
  name: string,
  expiry: BoxSwitches['expiry'],
  counts: NonNullable<Ending['counts']>,
): Ending {
  return {
    name,
    switches: { expiry },
    counts,
    strike: (world, assetId, left) => {
      world.box.faults.set({ kind: 'stall-item', assetId, times: left });
    },
    approach: nearExpiry,
  };
}

function failing(name: string, itemErrorCode: BoxSwitches['itemErrorCode']): Ending {
  return {
    name,
    switches: { itemErrorCode },
    counts: 'setbacks',
    strike: (world, assetId, left) => {
      const words = { code: 'internal_error', message: 'Something went wrong.' };
      world.box.faults.set({ kind: 'fail-item', assetId, times: left, ...words });
    },
    approach: async () => {},
  };
}

/** With one look on the way, for what is done by then. */
async function nearExpiry(world: BatcherWorld): Promise<void> {
  await world.letPass(HOUR_SECONDS);
  await world.collect();
  await world.letPass(22 * HOUR_SECONDS);
}

/** Waits until exactly `left` items have not begun, and cancels at the provider; ours know nothing of it. */
async function cancelWith(world: BatcherWorld, left: number): Promise<void> {
  const { box, clock, provider } = world;
  const queued = () => box.batches()[0]?.queued_items ?? 0;
  while (queued() > left) {
    await clock.advance(queued() - left > 20 ? 1_000 : 10);
  }
  if (queued() !== left) throw new Error(`${queued()} items are queued instead of ${left}`);
  box.change({ timing: { itemStartSpreadMs: 500 } });
  await provider.cancelBatch(box.batches()[0]?.batch_id ?? '');
}

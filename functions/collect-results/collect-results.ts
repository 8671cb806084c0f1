import { about, type Subject, subjectOf } from '../../shared/about.ts';
import type { ArchiveWriter } from '../../shared/archive.ts';
import { type Batch, batchRowMissing } from '../../shared/batch.ts';
import type { Deliveries } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { BatchChanged, ChangedBatchesMessage, RoundDue } from '../../shared/messages.ts';
import type { Count } from '../../shared/metrics.ts';
import type { Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';
import { batchKey } from '../../shared/store/keys.ts';
import type { Quarantine } from '../../shared/store/quarantine.ts';
import type { SegmentStore } from '../../shared/store/segments.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import type { WaitingRoom } from '../../shared/waiting-room.ts';
import { isDue, isHandedOver } from '../../shared/waiting-room.ts';
import { collectBatch } from './collect-batch.ts';
import { takeHint } from './take-hint.ts';

export interface CollectResultsDeps {
  readonly provider: Pick<TwelveLabs, 'cancelBatch' | 'openResults' | 'retrieveBatch'>;
  readonly store: Pick<
    Store,
    'analysesOf' | 'batchOfProvider' | 'noteLateHint' | 'read' | 'readMany'
  >;
  readonly segments: SegmentStore;
  readonly waitingRoom: WaitingRoom;
  readonly archive: ArchiveWriter;
  readonly quarantine: Quarantine;
  /** The batcher's queue: a slot has become free, or analyses went back to it. */
  readonly queuedAnalyses: Queue<RoundDue>;
  /** Our own queue, for hints that are to wait. */
  readonly changedBatches: Queue<BatchChanged>;
  /** A new name for a reading in the archive, never given before. */
  readonly newReadingId: () => string;
  /** Milliseconds that this invocation has left. */
  readonly remainingMs: () => number;
  /** Where the provider's webhooks are received. */
  readonly webhookUrl: string;
  readonly now: () => Date;
  readonly log: Log;
  readonly count: Count;
}

/** How long an analysis that has asked for its batch leaves it to that. */
const NEXT_ASK_SECONDS = 6 * 3_600;

/**
 * Batches that may have changed -> results. What the messages name is looked up: a webhook's batch
 * by the provider's id, a row that came due by its key. However many of its analyses ask for it, a
 * batch is looked at once.
 * @returns the ids of the messages to deliver again
 */
export async function collectResults(
  deliveries: Deliveries<ChangedBatchesMessage>,
  deps: CollectResultsDeps,
): Promise<string[]> {
  const failed: string[] = [];
  const seen = new Set<string>();
  for (const { messageId, message } of deliveries.decoded) {
    await about({ messageId, ...subjectOfMessage(message) }, async () => {
      try {
        await collect(message, seen, deps);
      } catch (error) {
        deps.log.error('collect_failed', { error: messageOf(error) });
        failed.push(messageId);
      }
    });
  }
  return [...deliveries.malformed, ...failed];
}

function subjectOfMessage(message: ChangedBatchesMessage): Subject {
  if ('pk' in message) return subjectOf(message);
  return { providerBatchId: message.providerBatchId };
}

async function collect(
  message: ChangedBatchesMessage,
  seen: Set<string>,
  deps: CollectResultsDeps,
): Promise<void> {
  const batch = await batchOf(message, seen, deps);
  if (!batch) return;
  seen.add(batch.batchId);
  await about(subjectOf(batch), () => collectBatch(batch, deps));
}

async function batchOf(
  message: ChangedBatchesMessage,
  seen: ReadonlySet<string>,
  deps: CollectResultsDeps,
): Promise<Batch | undefined> {
  const { store, waitingRoom, log, now } = deps;
  if ('providerBatchId' in message) return await takeHint(message, deps);
  const row = await store.read(message);
  if (!row || !isHandedOver(row, 'collect-results', message, now())) {
    log.info('message_ignored', { ...message });
    return undefined;
  }
  if (row.kind !== 'analysis') return row.kind === 'batch' ? row : undefined;
  // Its batch should long have told: look there again, even if the batch was closed.
  const batch = row.batchId ? await store.read(batchKey(row.batchId)) : undefined;
  if (batch?.kind === 'batch') {
    // A thousand rows come due at once, and one look serves them all: that of the batch itself.
    await waitingRoom.move(row, { to: row.state, inSeconds: NEXT_ASK_SECONDS, by: 'clock' });
    const isLookedAfter = batch.state === 'active' && !isDue(batch, now());
    return isLookedAfter || seen.has(batch.batchId) ? undefined : batch;
  }
  await waitingRoom.move(row, { to: 'failed', set: { reason: batchRowMissing(row.batchId) } });
  return undefined;
}

import type { Batch, BatchBody, BatchItem, ItemStatus } from '../batches/batch.ts';
import type { BoxSwitches } from '../switches.ts';

/** A notification as it is written. */
export interface WebhookEvent {
  readonly id: string;
  readonly created_at: string;
  readonly type: string;
  readonly data: object;
}

/** Which notification it is, and when it was made. */
export interface EventMark {
  readonly eventId: string;
  readonly atMs: number;
}

/** The notification of a batch that is over, in the form that the switches choose. */
export function batchEvent(
  body: BatchBody,
  { eventId, atMs }: EventMark,
  switches: BoxSwitches,
): WebhookEvent {
  const { batch_id: id, status, created_at } = body;
  const data = {
    id: { id, status, created_at },
    batch_id: { batch_id: id, status, created_at },
    batch: body,
  }[switches.batchEventData];
  const type = status === 'completed' ? switches.completedEventType : `analyze.batch.${status}`;
  return { id: eventId, created_at: new Date(atMs).toISOString(), type, data };
}

/** The notification of an item that has ended. */
export function taskEvent(
  batch: Batch,
  item: BatchItem,
  status: ItemStatus,
  { eventId, atMs }: EventMark,
): WebhookEvent {
  return {
    id: eventId,
    created_at: new Date(atMs).toISOString(),
    type: `analyze.task.${status}`,
    data: {
      id: item.taskId,
      custom_id: item.customId,
      status,
      created_at: new Date(batch.createdAtMs).toISOString(),
    },
  };
}

/** Whether the end of an item is announced at all, as the switches are now. */
export function isAnnounced(status: ItemStatus, { taskEvents }: BoxSwitches): boolean {
  return taskEvents === 'all' || (taskEvents === 'ready-and-failed' && status !== 'canceled');
}

import type { Background } from '../background.ts';
import { type Batch, batchBody, isForgotten, isOver } from '../batches/batch.ts';
import { ApiError, noSuchResource } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import { BatchWatch, type Ending } from './batch-watch.ts';
import { Deliveries, type Notification } from './deliveries.ts';
import { DeliveryBooks } from './delivery-books.ts';
import { Timers } from './timers.ts';
import type { WebhookEndpoint } from './webhook-endpoint.ts';
import { batchEvent, isAnnounced, taskEvent } from './webhook-event.ts';

/** Announces the ends of batches, and if asked for those of their items, to every endpoint. */
export class WebhookSender {
  readonly #state: BoxState;
  readonly #timers: Timers;
  readonly #deliveries: Deliveries;
  readonly #watches = new Map<Batch, BatchWatch>();
  readonly #announced = new WeakMap<Batch, Notification>();
  #hearsOfItems: boolean;

  constructor(endpoints: readonly WebhookEndpoint[], state: BoxState, background: Background) {
    this.#state = state;
    this.#timers = new Timers(state.clock, background.signal);
    this.#deliveries = new Deliveries(endpoints, state, background, this.#timers);
    this.#hearsOfItems = state.switches.taskEvents !== 'none';
    state.onSettings.push(() => this.#settingsChanged());
  }

  /** Where every later notification goes; more may be added. */
  get endpoints(): WebhookEndpoint[] {
    return this.#deliveries.endpoints;
  }

  /** Sends nothing more to the endpoints with this URL, retries included; says whether there were any. */
  remove(url: string): boolean {
    const others = this.endpoints.filter((endpoint) => endpoint.url !== url);
    return this.endpoints.splice(0, Infinity, ...others).length > others.length;
  }

  /** Announces the batch and its items when they end; call it again when an end has moved. */
  announceAtEnd(batch: Batch): void {
    const watch = this.#watches.get(batch) ?? new BatchWatch(batch);
    this.#watches.set(batch, watch);
    this.#arm(watch);
  }

  /** Sends the notification of a batch that is over once more, as one does in the dashboard. */
  resend(batchId: string): void {
    const batch = this.#state.batch(batchId);
    if (!batch) throw noSuchResource('batch', batchId);
    const nowMs = this.#state.clock.nowMs();
    if (!isOver(batch, nowMs)) {
      throw new ApiError(409, 'batch_not_terminal', 'The batch is not over yet.');
    }
    const notification = this.#announced.get(batch);
    if (notification) this.#deliveries.send(notification);
  }

  /** Calls off everything that waits for the clock; what comes after is announced again. */
  close(): void {
    this.#timers.clear();
    this.#deliveries.forget();
    this.#watches.clear();
  }

  /** Whether to stop at the ends of items is a switch. */
  #settingsChanged(): void {
    const heardOfItems = this.#hearsOfItems;
    this.#hearsOfItems = this.#state.switches.taskEvents !== 'none';
    for (const watch of [...this.#watches.values()]) {
      // What ended while nobody asked for it is not announced afterwards.
      if (!heardOfItems) watch.takeEndedItems(this.#state.clock.nowMs());
      this.#arm(watch);
    }
  }

  #arm(watch: BatchWatch): void {
    const nextMs = this.#isDeleted(watch.batch) ? undefined : watch.nextMs(this.#hearsOfItems);
    if (nextMs === undefined) {
      this.#timers.cancel(watch);
      this.#watches.delete(watch.batch);
      return;
    }
    const waitMs = nextMs - this.#state.clock.nowMs();
    this.#timers.set(watch, waitMs, () => {
      if (!this.#isDeleted(watch.batch)) {
        for (const ending of watch.takeEnded(this.#state.clock.nowMs())) {
          this.#announce(watch.batch, ending);
        }
      }
      this.#arm(watch);
    });
  }

  #announce(batch: Batch, { item }: Ending): void {
    const { switches } = this.#state;
    if (item && (item.item.isTaskDeleted || !isAnnounced(item.status, switches))) return;
    const atMs = this.#state.clock.nowMs();
    const mark = { eventId: `whe_${this.#state.makeId(32)}`, atMs };
    if (item) {
      const event = taskEvent(batch, item.item, item.status, mark);
      const books = new DeliveryBooks(item.item);
      this.#deliveries.send({ event, subjectId: item.item.taskId, books });
      return;
    }
    const body = batchBody(batch, atMs, atMs - switches.countersLagMs);
    const event = batchEvent(body, mark, switches);
    const notification = { event, subjectId: batch.batchId, books: new DeliveryBooks(batch) };
    this.#announced.set(batch, notification);
    this.#deliveries.send(notification);
  }

  /** The end of what was deleted is no news; what has grown too old since may have ended before. */
  #isDeleted(batch: Batch): boolean {
    const isThere = this.#state.batch(batch.batchId) !== undefined;
    return !isThere && !isForgotten(batch, this.#state.clock.nowMs());
  }
}

import { createHmac } from 'node:crypto';
import type { Background } from '../background.ts';
import { type Batch, isForgotten, type WebhookDelivery } from '../batches/batch.ts';
import type { BoxState } from '../state.ts';

/** An endpoint that was registered, as one does in the provider's dashboard. */
export interface WebhookEndpoint {
  readonly url: string;
  readonly secret: string;
}

/**
 * How long an endpoint may take to answer, in real time even when the clock is moved: a day that
 * passes in a moment must not cut off a delivery that is under way.
 */
const ANSWER_TIMEOUT_MS = 10_000;

/** Announces the ends of batches to every registered endpoint. */
export class WebhookSender {
  readonly endpoints: WebhookEndpoint[];
  readonly #state: BoxState;
  readonly #background: Background;
  readonly #timers = new Map<object, () => void>();

  constructor(endpoints: readonly WebhookEndpoint[], state: BoxState, background: Background) {
    this.endpoints = [...endpoints];
    this.#state = state;
    this.#background = background;
  }

  /** Announces the batch when it ends; call it again when its end has moved. */
  announceAtEnd(batch: Batch): void {
    const nowMs = this.#state.clock.nowMs();
    this.#after(batch, batch.end.atMs - nowMs, () => this.#announce(batch));
  }

  /** Calls off everything that waits for the clock. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #announce(batch: Batch): void {
    const event = {
      id: `whe_${this.#state.makeId(32)}`,
      created_at: this.#state.clock.now().toISOString(),
      type: `analyze.batch.${batch.end.status}`,
      data: {
        id: batch.batchId,
        status: batch.end.status,
        created_at: new Date(batch.createdAtMs).toISOString(),
      },
    };
    for (const endpoint of this.endpoints) {
      const delivery: WebhookDelivery = { url: endpoint.url, delivered: false, attempts: 0 };
      this.#background.start(() => this.#attempt(batch, endpoint, delivery, JSON.stringify(event)));
    }
  }

  async #attempt(
    batch: Batch,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    body: string,
  ): Promise<void> {
    const failure = await this.#post(endpoint, body);
    delivery.attempts += 1;
    delivery.delivered = failure === undefined;
    delete delivery.last_error;
    if (failure !== undefined) delivery.last_error = failure;
    if (delivery.attempts === 1) batch.webhooks.push(delivery);
    const waitMs = this.#state.timing.webhookRetryMs[delivery.attempts - 1];
    if (delivery.delivered || waitMs === undefined || this.#background.signal.aborted) return;
    this.#after(delivery, waitMs, () => {
      if (isForgotten(batch, this.#state.clock.nowMs())) return;
      this.#background.start(() => this.#attempt(batch, endpoint, delivery, body));
    });
  }

  /** Posts the signed body; resolves with what went wrong, if anything. */
  async #post(endpoint: WebhookEndpoint, body: string): Promise<string | undefined> {
    const seconds = Math.floor(this.#state.clock.nowMs() / 1000);
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'tl-signature': signWebhook(endpoint.secret, seconds, body),
          connection: 'close',
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#background.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `the endpoint answered ${response.status}`;
    } catch (error) {
      const { cause } = error as Error;
      return cause instanceof Error ? cause.message : (error as Error).message;
    }
  }

  #after(key: object, delayMs: number, action: () => void): void {
    this.#timers.get(key)?.();
    if (this.#background.signal.aborted) return;
    const cancel = this.#state.clock.after(delayMs, () => {
      this.#timers.delete(key);
      action();
    });
    this.#timers.set(key, cancel);
  }
}

/** The `TL-Signature` of a body sent at a moment. */
export function signWebhook(secret: string, atSeconds: number, body: string): string {
  const v1 = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
  return `t=${atSeconds},v1=${v1}`;
}

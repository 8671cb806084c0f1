import { type Background, Lane } from '../background.ts';
import { faultKinds } from '../faults/fault.ts';
import type { BoxState } from '../state.ts';
import { deliver } from './deliver.ts';
import type { Account, DeliveryBooks } from './delivery-books.ts';
import { planSending, type Sending } from './plan-sending.ts';
import type { Timers } from './timers.ts';
import type { WebhookEndpoint } from './webhook-endpoint.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** An event on its way to the endpoints. */
export interface Notification {
  readonly event: WebhookEvent;
  /** The batch or the task that it names. */
  readonly subjectId: string;
  readonly books: DeliveryBooks;
}

interface Errand {
  readonly notification: Notification;
  readonly endpoint: WebhookEndpoint;
  readonly sending: Sending;
  /** Errands of a former life of the box are not taken up again. */
  readonly era: object;
}

/**
 * How long an endpoint may take to answer, in real time even when the clock is moved: a day that
 * passes in a moment must not cut off a delivery that is under way.
 */
const ANSWER_TIMEOUT_MS = 10_000;

/** Posts to one endpoint at the same time: a leap may end thousands of items at once. */
const POSTS_AT_ONCE = 32;

/** Copies are so far apart that no two of them have the same signature. */
const COPY_GAP_MS = 1_000;

/** Brings notifications to every registered endpoint, and keeps the books about it. */
export class Deliveries {
  readonly endpoints: WebhookEndpoint[];
  readonly #state: BoxState;
  readonly #background: Background;
  readonly #timers: Timers;
  readonly #lanes = new WeakMap<WebhookEndpoint, Lane>();
  #era = {};

  constructor(
    endpoints: readonly WebhookEndpoint[],
    state: BoxState,
    background: Background,
    timers: Timers,
  ) {
    this.endpoints = [...endpoints];
    this.#state = state;
    this.#background = background;
    this.#timers = timers;
  }

  /** Starts to bring a notification to every endpoint, in the way that the faults of now leave it. */
  send(notification: Notification): void {
    const { event, subjectId } = notification;
    const body = JSON.stringify(event);
    for (const endpoint of [...this.endpoints]) {
      const { url, secret } = endpoint;
      const faults = this.#state.faults.strike(faultKinds.webhook, { type: event.type, url });
      const sending = planSending({ body, secret, subjectId }, faults);
      if (!sending) continue;
      const errand: Errand = { notification, endpoint, sending, era: this.#era };
      this.#startIn(sending.delayMs, {}, errand, () => {
        this.#sendCopies(errand, sending.copies - 1);
        return this.#attempt(errand);
      });
    }
  }

  /** Begins nothing more of what was to be sent until now. */
  forget(): void {
    this.#era = {};
  }

  /** Nobody keeps books about copies: they are the sender's slip. */
  #sendCopies(errand: Errand, count: number): void {
    if (count === 0) return;
    this.#startIn(COPY_GAP_MS, {}, errand, async () => {
      this.#sendCopies(errand, count - 1);
      await this.#post(errand, this.#nowSeconds());
    });
  }

  async #attempt(errand: Errand): Promise<void> {
    const { books } = errand.notification;
    const account = books.account(errand.endpoint);
    const { delivery } = account;
    // An attempt that is waiting for its moment has found it.
    this.#timers.cancel(delivery);
    books.note(account, await this.#post(errand, this.#signedAtSeconds(account)));
    const waitMs = this.#state.timing.webhookRetryMs[delivery.attempts - 1];
    if (delivery.delivered || waitMs === undefined) return;
    this.#startIn(waitMs, delivery, errand, () => this.#attempt(errand));
  }

  /** Works on an errand when its time has come and its endpoint has room, if it is still wanted then. */
  #startIn(delayMs: number, key: object, errand: Errand, work: () => Promise<void>): void {
    const { endpoint, era } = errand;
    const lane = this.#lanes.get(endpoint) ?? new Lane(POSTS_AT_ONCE);
    this.#lanes.set(endpoint, lane);
    const workIfWanted = async () => {
      const isWanted = era === this.#era && this.endpoints.includes(endpoint);
      if (isWanted) await work();
    };
    const start = () => this.#background.start(() => lane.run(workIfWanted));
    if (delayMs === 0) start();
    else this.#timers.set(key, delayMs, start);
  }

  async #post({ endpoint, sending }: Errand, signedAtSeconds: number): Promise<string | undefined> {
    return deliver(
      { url: endpoint.url, body: sending.body, signature: sending.sign(signedAtSeconds) },
      { signal: this.#background.signal, timeoutMs: ANSWER_TIMEOUT_MS },
    );
  }

  #signedAtSeconds(account: Account): number {
    const nowSeconds = this.#nowSeconds();
    account.firstSignedAtSeconds ??= nowSeconds;
    const { webhookResend } = this.#state.switches;
    return webhookResend === 'same' ? account.firstSignedAtSeconds : nowSeconds;
  }

  #nowSeconds(): number {
    return Math.floor(this.#state.clock.nowMs() / 1000);
  }
}

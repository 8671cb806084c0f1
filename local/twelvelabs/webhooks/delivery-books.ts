import type { WebhookDelivery } from '../batches/batch.ts';
import type { WebhookEndpoint } from './webhook-endpoint.ts';

/** What is known of a notification at one endpoint. */
export interface Account {
  readonly delivery: WebhookDelivery;
  firstSignedAtSeconds?: number;
}

/** How the delivery of a notification goes: one entry for each endpoint, however often it is sent. */
export class DeliveryBooks {
  readonly #subject: { webhooks?: WebhookDelivery[] };
  readonly #accounts = new Map<WebhookEndpoint, Account>();

  /** The books are shown on the batch or item that the notification is about. */
  constructor(subject: { webhooks?: WebhookDelivery[] }) {
    this.#subject = subject;
  }

  /** The account of an endpoint; a new one is not shown before an attempt has ended. */
  account(endpoint: WebhookEndpoint): Account {
    const account = this.#accounts.get(endpoint) ?? {
      delivery: { url: endpoint.url, delivered: false, attempts: 0 },
    };
    this.#accounts.set(endpoint, account);
    return account;
  }

  /**
   * Notes how an attempt ended. What was delivered once stays so, whatever becomes of it when it is
   * sent again.
   */
  note({ delivery }: Account, failure: string | undefined): void {
    delivery.attempts += 1;
    delivery.delivered ||= failure === undefined;
    if (delivery.delivered) delete delivery.last_error;
    else if (failure !== undefined) delivery.last_error = failure;
    this.#subject.webhooks = [...this.#accounts.values()]
      .map((each) => each.delivery)
      .filter(({ attempts }) => attempts > 0);
  }
}

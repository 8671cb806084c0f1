import type { Background } from '../background.ts';
import type { Ledger } from '../ledger.ts';
import type { BoxState } from '../state.ts';
import type { WebhookSender } from '../webhooks/webhook-sender.ts';

/** What the control endpoint shows and changes. */
export interface Controlled {
  readonly state: BoxState;
  readonly background: Background;
  readonly webhooks: WebhookSender;
  readonly ledger: Ledger;
}

import type { BatchChanged } from '../../shared/messages.ts';
import type { Count } from '../../shared/metrics.ts';
import type { Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';
import { readEvent } from './read-event.ts';
import { type SignatureVerdict, verifySignature } from './verify-signature.ts';

export interface ReceiveWebhookDeps {
  readonly secrets: () => Promise<readonly string[]>;
  readonly changedBatches: Queue<BatchChanged>;
  readonly now: () => Date;
  readonly log: Log;
  readonly count: Count;
}

/** A request as it came: the raw bytes are what was signed. */
export interface WebhookRequest {
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

/** The answer to the sender. `code` is one of a few words, and holds nothing of what was sent. */
export interface WebhookReply {
  readonly statusCode: 202 | 400 | 401 | 413;
  readonly code: string;
}

/** What became of a request, as the metric `WebhookReceived` counts it. */
type Outcome =
  | Exclude<SignatureVerdict, 'valid'>
  | 'accepted'
  | 'ignored'
  | 'unnamed'
  | 'unreadable'
  | 'too_large';

/** An event with a whole batch in it has about 1 KB; the HTTP API would take 10 MB. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * Turns a signed event into a hint that a batch changed, with nothing in it but the batch's id and when
 * it came. Answers once the hint is safely queued, and the same whether we know the batch or not. To
 * the sender all failures to verify look alike; the metric tells them apart.
 */
export async function receiveWebhook(
  { signature, body }: WebhookRequest,
  deps: ReceiveWebhookDeps,
): Promise<WebhookReply> {
  const { log, now } = deps;
  const counted = (outcome: Outcome) => deps.count('WebhookReceived', 1, { outcome });
  if (body.byteLength > MAX_BODY_BYTES) {
    counted('too_large');
    log.warn('webhook_refused', { outcome: 'too_large', bytes: body.byteLength });
    return { statusCode: 413, code: 'body_too_large' };
  }
  const verdict = verifySignature(signature, body, await deps.secrets(), now());
  if (verdict !== 'valid') {
    counted(verdict);
    log.warn('webhook_refused', { outcome: verdict });
    return { statusCode: 401, code: 'signature_invalid' };
  }
  const event = readEvent(body);
  switch (event.about) {
    case 'nothing':
      counted('unreadable');
      log.error('webhook_unreadable', { bytes: body.byteLength });
      return { statusCode: 400, code: 'body_unreadable' };
    case 'other':
      counted('ignored');
      return { statusCode: 202, code: 'ignored' };
    case 'unnamed-batch':
      counted('unnamed');
      // Its batch is looked at within minutes all the same; but somebody should teach us this shape.
      log.error('webhook_unnamed', { bytes: body.byteLength });
      return { statusCode: 202, code: 'ignored' };
    case 'batch': {
      const { providerBatchId } = event;
      await deps.changedBatches.send([{ providerBatchId, receivedAt: now().toISOString() }]);
      counted('accepted');
      log.info('batch_changed', { providerBatchId });
      return { statusCode: 202, code: 'accepted' };
    }
  }
}

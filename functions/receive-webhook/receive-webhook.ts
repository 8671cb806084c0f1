import * as z from 'zod';
import { decode, MalformedMessageError } from '../../shared/decode.ts';
import type { BatchChanged } from '../../shared/messages.ts';
import type { Count, Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';
import { verifySignature } from './verify-signature.ts';

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

export interface WebhookReply {
  readonly statusCode: 202 | 400 | 401;
  readonly code: string;
}

/**
 * The events that concern us. The payload of a batch event is documented nowhere, so its id is
 * looked for under both names that fit; nothing else in it is believed.
 */
const event = z.object({
  type: z.string(),
  data: z.object({ id: z.string().optional(), batch_id: z.string().optional() }),
});

const BATCH_ID = /^[0-9a-fA-F]{24}$/;

/**
 * Turns a signed event into a hint that a batch changed. Answers once the hint is safely queued. To
 * the sender all failures to verify look alike.
 */
export async function receiveWebhook(
  request: WebhookRequest,
  deps: ReceiveWebhookDeps,
): Promise<WebhookReply> {
  const { signature, body } = request;
  const verdict = verifySignature(signature, body, await deps.secrets(), deps.now());
  deps.count('WebhookReceived', 1, { verdict });
  if (verdict !== 'valid') {
    deps.log.warn('webhook_refused', { verdict });
    return { statusCode: 401, code: 'signature_invalid' };
  }
  let received: z.infer<typeof event>;
  try {
    received = decode(event, new TextDecoder().decode(body));
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    deps.log.error('webhook_unreadable', { error: error.message });
    return { statusCode: 400, code: 'body_unreadable' };
  }
  const providerBatchId = received.data.batch_id ?? received.data.id;
  if (!received.type.startsWith('analyze.batch.') || !BATCH_ID.test(providerBatchId ?? '')) {
    deps.log.info('webhook_ignored', { type: received.type.slice(0, 64) });
    return { statusCode: 202, code: 'ignored' };
  }
  await deps.changedBatches.send([{ providerBatchId: providerBatchId ?? '' }]);
  deps.log.info('batch_changed', { providerBatchId });
  return { statusCode: 202, code: 'accepted' };
}

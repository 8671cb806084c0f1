import { createHmac, randomBytes } from 'node:crypto';
import { ProviderSilentError } from '../../shared/twelvelabs/errors.ts';
import { sendRequest } from '../../shared/twelvelabs/http.ts';
import { offsetBy } from './clocks.ts';

const ANSWER_MS = 10_000;

/** What the webhook URL answered to an event. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** This machine's clock less that of who answered. */
      readonly offsetSeconds: number | undefined;
    }
  | { readonly kind: 'silent'; readonly why: string };

/** The event that TwelveLabs sends when a batch is over. */
export function batchEvent(providerBatchId: string, at: Date): string {
  const created_at = at.toISOString();
  return JSON.stringify({
    id: `whe_${randomBytes(16).toString('hex')}`,
    created_at,
    type: 'analyze.batch.completed',
    data: { id: providerBatchId, status: 'completed', created_at },
  });
}

/** `TL-Signature` as TwelveLabs makes it: over the moment, a full stop and the body. */
export function signEvent(secret: string, body: string, at: Date): string {
  const t = Math.floor(at.getTime() / 1000);
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return `t=${t},v1=${v1}`;
}

/** Posts an event as TwelveLabs would. */
export async function postEvent(url: string, body: string, signature: string): Promise<Answer> {
  try {
    const response = await sendRequest({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', 'tl-signature': signature },
      body,
      timeoutMs: ANSWER_MS,
    });
    response.destroy();
    const { statusCode: status = 0, headers } = response;
    return { kind: 'answered', status, offsetSeconds: offsetBy(headers.date, Date.now()) };
  } catch (error) {
    if (!(error instanceof ProviderSilentError)) throw error;
    return { kind: 'silent', why: error.message };
  }
}

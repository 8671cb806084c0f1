import type { Batch, WebhookDelivery } from '../../shared/batch.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import { secondsSince } from '../../shared/waiting-room.ts';

/** So much earlier than the end, by the provider's clock, its webhook may come, by ours. */
const CLOCKS_APART_SECONDS = 600;

/**
 * What became of the webhook that announces the end of a batch: what the provider says that it delivered
 * against what came here. A hint that came is believed over the provider, which may have waited too short
 * for our answer.
 * @param provided the batch as the provider has it; undefined when it can't be asked any more
 * @param webhookUrl where our receiver is
 */
export function judgeDelivery(
  batch: Batch,
  provided: Pick<ProviderBatch, 'webhooks'> | undefined,
  webhookUrl: string,
): WebhookDelivery {
  const entry = provided?.webhooks?.find(({ url }) => isSame(url, webhookUrl));
  const facts = {
    ...(entry?.attempts !== undefined && { attempts: entry.attempts }),
    ...(entry?.last_error && { lastError: entry.last_error }),
  };
  if (hasCome(batch)) return { outcome: 'received', ...facts };
  if (!provided) return { outcome: 'unknown' };
  if (!entry) return { outcome: 'never_sent' };
  return { outcome: entry.delivered ? 'lost_by_us' : 'not_received', ...facts };
}

/** Whether a hint has come that can be about the batch's end. */
export function hasCome({ hintedAt, endedAt }: Pick<Batch, 'hintedAt' | 'endedAt'>): boolean {
  if (hintedAt === undefined) return false;
  if (endedAt === undefined) return true;
  return secondsSince(endedAt, new Date(hintedAt)) >= -CLOCKS_APART_SECONDS;
}

/** The same address, or the same path behind a name of one's own. */
function isSame(url: string, ours: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(ours)) return false;
  const [theirs, own] = [new URL(url), new URL(ours)];
  const pathOf = ({ pathname }: URL) => pathname.replace(/\/+$/, '');
  if (pathOf(theirs) !== pathOf(own)) return false;
  return theirs.host === own.host || !isGateway(theirs);
}

/** The address of some API Gateway: of another stack, say, in the same account of the provider. */
function isGateway({ hostname }: URL): boolean {
  return /\.execute-api\.[^.]+\.amazonaws\.com(\.cn)?$/.test(hostname);
}

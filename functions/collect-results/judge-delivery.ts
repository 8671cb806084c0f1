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
  const entry = entryOfOurs(provided?.webhooks ?? [], webhookUrl);
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

type Entry = NonNullable<ProviderBatch['webhooks']>[number];

/**
 * The entry of our address; without one, that of the same path behind a name of one's own. Of several
 * the one that was delivered.
 */
function entryOfOurs(entries: readonly Entry[], webhookUrl: string): Entry | undefined {
  if (!URL.canParse(webhookUrl)) return undefined;
  const ours = new URL(webhookUrl);
  const pathOf = ({ pathname }: URL) => pathname.replace(/\/+$/, '');
  const alike = entries.flatMap((entry) => {
    const url = URL.canParse(entry.url) ? new URL(entry.url) : undefined;
    return url && pathOf(url) === pathOf(ours) ? [{ entry, url }] : [];
  });
  const exact = alike.filter(({ url }) => url.host === ours.host);
  const named = alike.filter(({ url }) => !isGateway(url));
  const those = exact.length > 0 ? exact : named;
  return (those.find(({ entry }) => entry.delivered) ?? those[0])?.entry;
}

/** The address of some API Gateway: of another stack, say, in the same account of the provider. */
function isGateway({ hostname }: URL): boolean {
  return /\.execute-api\.[^.]+\.amazonaws\.com(\.cn)?$/.test(hostname);
}

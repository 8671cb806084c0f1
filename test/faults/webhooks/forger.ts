import pMap from 'p-map';
import type { BatchBody } from '../../../local/twelvelabs/batches/batch.ts';
import { pickOf } from '../../../local/twelvelabs/chance.ts';
import { signWebhook } from '../../../local/twelvelabs/webhooks/sign-webhook.ts';
import { WEBHOOK_SECRET, type WorldPipeline } from './world-pipeline.ts';

/** How an event is false though it names a batch of ours. */
const ways = [
  'other secret',
  'empty secret',
  'other body',
  'replayed',
  'ahead',
  'unsigned',
] as const;

const STALE_SECONDS = 301;
const POSTS_AT_ONCE = 8;

/** Posts a forged event of each batch; which way each is false, chance decides. */
export async function postForgeries(
  { box, clock, pipeline }: WorldPipeline,
  seed: number,
): Promise<number> {
  const nowSeconds = Math.floor(clock.nowMs() / 1000);
  const batches = box.batches();
  await pMap(
    batches,
    async (batch) => {
      const body = eventOf(batch);
      const signature = forgedSignature(
        pickOf(ways, 'forged', seed, nowSeconds, batch.total_items, batch.created_at),
        body,
        nowSeconds,
      );
      const headers = { 'content-type': 'application/json', ...signature };
      const answer = await fetch(pipeline.webhookUrl, { method: 'POST', body, headers });
      await answer.arrayBuffer();
    },
    { concurrency: POSTS_AT_ONCE },
  );
  return batches.length;
}

function eventOf({ batch_id: id }: BatchBody): string {
  return JSON.stringify({ type: 'analyze.batch.completed', data: { id, status: 'completed' } });
}

function forgedSignature(
  way: (typeof ways)[number],
  body: string,
  nowSeconds: number,
): Record<string, string> {
  const sign = (secret: string, atSeconds: number, signed = body) => ({
    'tl-signature': signWebhook(secret, atSeconds, signed),
  });
  switch (way) {
    case 'other secret':
      return sign(`not ${WEBHOOK_SECRET}`, nowSeconds);
    case 'empty secret':
      return sign('', nowSeconds);
    case 'other body':
      return sign(WEBHOOK_SECRET, nowSeconds, body.replace('completed', 'canceled'));
    case 'replayed':
      return sign(WEBHOOK_SECRET, nowSeconds - STALE_SECONDS);
    case 'ahead':
      return sign(WEBHOOK_SECRET, nowSeconds + STALE_SECONDS);
    case 'unsigned':
      return {};
  }
}

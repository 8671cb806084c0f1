import * as z from 'zod';
import { batchKey } from '../../shared/store/keys.ts';
import type { Check, Examined } from './examined.ts';
import { logOf } from './examined.ts';
import { failed, type Line, ok, span } from './line.ts';
import { type Answer, batchEvent, postEvent, signEvent } from './post-event.ts';
import { probeRow, sweepProbes, withProbe } from './probe-row.ts';
import { until } from './until.ts';

const NAME = 'webhook';
const INDEXED_WITHIN_MS = 10_000;
/** A difference that makes a signature too old or too new to be believed. */
const CLOCK_SECONDS = 300;

/** What became of an event that was signed as TwelveLabs signs. */
export interface WebhookFacts {
  readonly url: string;
  readonly secretArn: string;
  readonly outcome:
    | { readonly kind: 'not_indexed' }
    | { readonly kind: 'posted'; readonly answer: Answer; readonly seenAfterSeconds?: number };
  /** How long it was waited to see it. */
  readonly waitSeconds: number;
  /** Where receive-webhook and collect-results log. */
  readonly logs: { readonly receive: string; readonly collect: string };
}

const hinted = z.object({ hintedAt: z.iso.datetime() });

/** Whether a signed event, posted from outside, comes through to the function that takes it in. */
export const checkWebhook: Check = {
  name: NAME,
  run: async (examined) => {
    const { output, webhookSecret, table, now, waitSeconds } = examined;
    const url = output('WebhookUrl');
    const secretArn = output('WebhookSecretsSecretArn');
    const secret = await webhookSecret();
    const row = probeRow(now());
    const { result, leftBecause } = await withProbe(row, examined, () =>
      probe(row, { url, secret }, examined),
    );
    const logs = {
      receive: await logOf(examined, 'ReceiveWebhook'),
      collect: await logOf(examined, 'CollectResults'),
    };
    const line = judgeWebhook({ url, secretArn, outcome: result, waitSeconds, logs });
    // What others have left behind is no matter of this line.
    await sweepProbes(table(), now()).catch(() => {});
    if (leftBecause === undefined) return [line];
    return [line, failed('probe row', `${row.pk} is still there (${leftBecause}); delete it`)];
  },
};

/** The line on the way in. */
export function judgeWebhook({ url, secretArn, outcome, waitSeconds, logs }: WebhookFacts): Line {
  if (outcome.kind === 'not_indexed') {
    const limit = span(INDEXED_WITHIN_MS / 1000);
    return failed(
      NAME,
      `not tested: the index provider-batch does not show a row within ${limit}; is it being built?`,
    );
  }
  const { answer, seenAfterSeconds } = outcome;
  if (answer.kind === 'silent') {
    return failed(NAME, `no answer (${answer.why}) from ${url}; is the URL right, and reachable?`);
  }
  if (answer.status !== 202) return failed(NAME, refusalWords(answer, { url, secretArn, logs }));
  if (seenAfterSeconds === undefined) {
    const limit = span(waitSeconds);
    return failed(
      NAME,
      `accepted, but not seen at the other end within ${limit}; look at the queue ChangedBatches and its dead letters, and whether collect-results works${logs.collect}`,
    );
  }
  const seconds = Math.max(0.1, seenAfterSeconds).toFixed(1);
  return ok(
    NAME,
    `an event signed and sent to ${url} was seen at the other end ${seconds} s later`,
  );
}

function refusalWords(
  { status, offsetSeconds }: Extract<Answer, { kind: 'answered' }>,
  { url, secretArn, logs }: Pick<WebhookFacts, 'url' | 'secretArn' | 'logs'>,
): string {
  if (status === 401) {
    const isClock = Math.abs(offsetSeconds ?? 0) > CLOCK_SECONDS;
    const clock = `this machine's clock differs by ${span(Math.abs(offsetSeconds ?? 0))}`;
    return isClock
      ? `a signed event is refused (401), and ${clock}; set it right`
      : `an event signed with the current secret of ${secretArn} is refused (401): was it changed within five minutes? then ask again; else the function reads another one (${clock})`;
  }
  if (status === 404 || status === 403) {
    return `${url} does not lead to the pipeline (HTTP ${status}); deploy the stack anew`;
  }
  return `${url} answers HTTP ${status}; receive-webhook does not work${logs.receive}`;
}

/** Sends an event about the row, and waits until the row tells of it. */
async function probe(
  { providerBatchId, batchId }: ReturnType<typeof probeRow>,
  { url, secret }: { readonly url: string; readonly secret: string },
  { store, table, now, waitSeconds, signal }: Examined,
): Promise<WebhookFacts['outcome']> {
  const found = await until(
    () => store().batchOfProvider(providerBatchId),
    INDEXED_WITHIN_MS,
    signal,
  );
  if (!found) return { kind: 'not_indexed' };
  const body = batchEvent(providerBatchId, now());
  const sentMs = performance.now();
  const answer = await postEvent(url, body, signEvent(secret, body, now()));
  if (answer.kind === 'silent' || answer.status !== 202) return { kind: 'posted', answer };
  const look = async () => hinted.safeParse(await table().get(batchKey(batchId))).data;
  const seen = await until(look, waitSeconds * 1_000, signal);
  const seenAfterSeconds = (performance.now() - sentMs) / 1000;
  return { kind: 'posted', answer, ...(seen && { seenAfterSeconds }) };
}

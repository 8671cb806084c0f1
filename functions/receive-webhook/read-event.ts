import * as z from 'zod';

/**
 * What a signed event is about: a batch; a batch that it does not name in any way we know; something
 * else, which is no concern of ours; or nothing, for it is no JSON.
 */
export type WebhookEvent =
  | { readonly about: 'batch'; readonly providerBatchId: string }
  | { readonly about: 'unnamed-batch' | 'other' | 'nothing' };

const BATCH_ID = /^[0-9a-fA-F]{24}$/;
/** `analyze.batch.completed`, say. Which types there are for batches is documented nowhere. */
const ABOUT_BATCHES = typeWith('batch(es)?');
/** `analyze.task.ready`, `index.task.failed`: a batch may send a thousand of them. */
const ABOUT_OTHERS = typeWith('(task|index)s?');

/** Of no part is it an error to be missing, or to be something else. */
const maybeText = z.string().optional().catch(undefined);
const ids = { batch_id: maybeText, batchId: maybeText, id: maybeText, _id: maybeText };
const maybeIds = z.object(ids).optional().catch(undefined);

const event = z.object({
  type: maybeText,
  event: maybeText,
  event_type: maybeText,
  batch_id: maybeText,
  batch: maybeIds,
  data: z
    .object({ ...ids, batch: maybeIds, object: maybeIds })
    .optional()
    .catch(undefined),
});

/**
 * Reads the body of an event that was signed. The payload of a batch event is documented nowhere: its id
 * is taken from wherever it may plausibly stand, a place that says "batch" first. From an event about a
 * task or an index nothing is taken, even if it names a batch.
 */
export function readEvent(body: Uint8Array): WebhookEvent {
  const value = jsonIn(body);
  if (value === undefined) return { about: 'nothing' };
  const { success, data: received } = event.safeParse(value);
  if (!success) return { about: 'other' };
  const type = received.type ?? received.event ?? received.event_type ?? '';
  if (ABOUT_OTHERS.test(type)) return { about: 'other' };
  const isAboutBatch = ABOUT_BATCHES.test(type);
  const { batch, batch_id, data } = received;
  const candidates = [
    data?.batch_id,
    data?.batchId,
    ...idsIn(data?.batch),
    batch_id,
    ...idsIn(batch),
    // Of what these are the id, only the type tells.
    ...(isAboutBatch ? [...idsIn(data?.object), data?.id, data?._id] : []),
  ];
  const providerBatchId = candidates.find((it) => it !== undefined && BATCH_ID.test(it));
  if (providerBatchId) return { about: 'batch', providerBatchId };
  return { about: isAboutBatch ? 'unnamed-batch' : 'other' };
}

function typeWith(word: string): RegExp {
  return new RegExp(`(^|[._-])${word}([._-]|$)`, 'i');
}

/** The JSON in the bytes; undefined where there is none. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function idsIn(named: z.infer<typeof maybeIds>): (string | undefined)[] {
  return [named?.batch_id, named?.batchId, named?.id, named?._id];
}

/**
 * What a signed event is about: a batch; a batch that it does not name in any way we know; something
 * else, which is no concern of ours; or nothing, for it is no JSON.
 */
export type WebhookEvent =
  | { readonly about: 'batch'; readonly providerBatchId: string }
  | { readonly about: 'unnamed-batch' | 'other' | 'nothing' };

const BATCH_ID = /^[0-9a-fA-F]{24}$/;
/** `analyze.batch.completed`, say. Which types there are for batches is documented nowhere. */
const ABOUT_BATCHES = /batch/i;
/** `analyze.task.ready`, `index.task.failed`: a batch may send a thousand of them. */
const ABOUT_OTHERS = /(^|[._-])(task|index)s?([._-]|$)/i;

/**
 * Reads the body of an event that was signed. The payload of a batch event is documented nowhere: its id
 * is taken from wherever it may plausibly stand, a place that says "batch" first. From an event about a
 * task or an index nothing is taken, even if it names a batch.
 */
export function readEvent(body: Uint8Array): WebhookEvent {
  const event = jsonIn(body);
  if (event === undefined) return { about: 'nothing' };
  const type = ['type', 'event', 'event_type', 'eventType'].map((name) => part(event, name));
  const typeName = type.find((it) => typeof it === 'string') ?? '';
  if (ABOUT_OTHERS.test(typeName)) return { about: 'other' };
  const isAboutBatch = ABOUT_BATCHES.test(typeName);
  const data = part(event, 'data') ?? part(event, 'payload');
  const places = [data, event];
  const candidates = [
    ...places.flatMap((it) => [part(it, 'batch_id'), part(it, 'batchId')]),
    ...places.flatMap((it) => idsOf(part(it, 'batch'))),
    // Of what these are the id, only the type tells.
    ...(isAboutBatch ? [part(data, 'object'), ...places].flatMap(idsOf) : []),
  ];
  const providerBatchId = candidates.find(isBatchId);
  if (providerBatchId !== undefined) return { about: 'batch', providerBatchId };
  return { about: isAboutBatch ? 'unnamed-batch' : 'other' };
}

/** What may be the id of something: it itself, or its own. */
function idsOf(it: unknown): unknown[] {
  return [it, ...['batch_id', 'batchId', 'id', '_id'].map((name) => part(it, name))];
}

function isBatchId(it: unknown): it is string {
  return typeof it === 'string' && BATCH_ID.test(it);
}

/** A property of what may be anything. */
function part(of: unknown, name: string): unknown {
  const isObject = typeof of === 'object' && of !== null && Object.hasOwn(of, name);
  return isObject ? (of as Record<string, unknown>)[name] : undefined;
}

/** The JSON in the bytes; undefined where there is none. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

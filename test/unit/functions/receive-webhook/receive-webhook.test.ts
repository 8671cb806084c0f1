import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  MAX_BODY_BYTES,
  type ReceiveWebhookDeps,
  receiveWebhook,
} from '../../../../functions/receive-webhook/receive-webhook.ts';
import type { BatchChanged } from '../../../../shared/messages.ts';
import { brokenQueue, fakeLog, fakeQueue } from '../../../support/fakes.ts';
import { MADE_AT } from '../../../support/rows.ts';

const SECRET = 'whsec_current';
const BATCH_ID = '64f8d2c7e4a1b37f8a9c5d12';

const completed = { type: 'analyze.batch.completed', data: { id: BATCH_ID } };

describe('a signed event of a batch', () => {
  it.each([
    ['its id', { id: BATCH_ID }, BATCH_ID],
    ['its id under the other name', { batch_id: BATCH_ID }, BATCH_ID],
    ['both, of which one is an item', { id: 'a'.repeat(24), batch_id: BATCH_ID }, BATCH_ID],
    ['an id in capitals', { id: BATCH_ID.toUpperCase() }, BATCH_ID.toUpperCase()],
    [
      'claims that nobody believes',
      { id: BATCH_ID, status: 'failed', url: 'http://evil' },
      BATCH_ID,
    ],
  ])('that holds %s becomes one hint with the id alone', async (_, data, providerBatchId) => {
    const receiver = aReceiver();
    const reply = await receiver.receive({ ...completed, data });
    expect(reply).toEqual({ statusCode: 202, code: 'accepted' });
    const message = { providerBatchId, receivedAt: MADE_AT.toISOString() };
    expect(receiver.queue.sent).toStrictEqual([{ message, delaySeconds: 0 }]);
  });

  it.each<[string, object]>([
    ['its id inside the batch', { ...completed, data: { batch: { batch_id: BATCH_ID } } }],
    [
      'a batch with a plain id',
      { ...completed, data: { batch: { id: BATCH_ID, total_items: 2 } } },
    ],
    [
      'a whole batch',
      { ...completed, data: { batch_id: BATCH_ID, status: 'completed', items: [] } },
    ],
    ['the asset way of writing an id', { ...completed, data: { _id: BATCH_ID } }],
    ['an object', { ...completed, data: { object: { id: BATCH_ID } } }],
    ['camel case', { ...completed, data: { batchId: BATCH_ID } }],
    ['its id beside the data', { type: 'analyze.batch.completed', batch_id: BATCH_ID }],
    ['an event instead of a type', { event: 'batch.completed', data: { id: BATCH_ID } }],
    ['another spelling of the type', { ...completed, type: 'ANALYZE_BATCHES_COMPLETED' }],
    ['a flat event', { type: 'analyze.batch.completed', id: BATCH_ID, status: 'completed' }],
    ['a bare id for a batch', { ...completed, data: { batch: BATCH_ID } }],
    ['a bare id for data', { ...completed, data: BATCH_ID }],
    ['a payload instead of data', { type: 'batch.completed', payload: { batch_id: BATCH_ID } }],
    ['camel case in its type', { eventType: 'analyzeBatch.completed', batchId: BATCH_ID }],
    ['the id of the event before it', { ...completed, id: 'whe_1', data: { id: BATCH_ID } }],
    ['no type, and a batch_id', { data: { batch_id: BATCH_ID } }],
    ['a type unheard of, and a batch_id', { type: 'analysis.done', data: { batch_id: BATCH_ID } }],
    ['junk in the better place', { ...completed, data: { batch_id: '', id: BATCH_ID } }],
  ])('with %s is understood', async (_, event) => {
    const receiver = aReceiver();
    expect(await receiver.receive(event)).toEqual({ statusCode: 202, code: 'accepted' });
    expect(receiver.queue.sent).toMatchObject([{ message: { providerBatchId: BATCH_ID } }]);
  });

  it.each(['completed', 'canceled', 'expired', 'a_state_unheard_of', 'item.ready'])(
    'about %s is taken: the provider documents no list of them',
    async (what) => {
      const receiver = aReceiver();
      const reply = await receiver.receive({ ...completed, type: `analyze.batch.${what}` });
      expect(reply.code).toBe('accepted');
    },
  );

  it('delivered twice is hinted twice, which does no harm', async () => {
    const receiver = aReceiver();
    await receiver.receive(completed);
    await receiver.receive(completed);
    expect(receiver.queue.sent).toHaveLength(2);
  });

  it('is taken with the previous secret while both are live', async () => {
    const receiver = aReceiver({ secrets: async () => ['whsec_new', SECRET] });
    expect(await receiver.receive(completed)).toMatchObject({ statusCode: 202 });
  });

  it('is not answered before the hint is safely queued', async () => {
    const order: string[] = [];
    const receiver = aReceiver({
      changedBatches: {
        send: async () => {
          await new Promise(setImmediate);
          order.push('queued');
        },
      },
    });
    await receiver.receive(completed);
    order.push('answered');
    expect(order).toEqual(['queued', 'answered']);
  });

  it('that can not be queued throws, so that the provider sends it again', async () => {
    const receiver = aReceiver({ changedBatches: brokenQueue('SQS is away') });
    await expect(receiver.receive(completed)).rejects.toThrow('SQS is away');
  });

  it('throws while the secrets can not be read, so that the provider sends it again', async () => {
    const receiver = aReceiver({
      secrets: async () => {
        throw new Error('no access');
      },
    });
    await expect(receiver.receive(completed)).rejects.toThrow('no access');
  });
});

describe('a signed event that is no concern of ours', () => {
  it.each([
    ['is about an index', { ...completed, type: 'index.task.ready' }],
    ['is about a task', { ...completed, type: 'analyze.task.ready' }],
    ['is about a task of a batch', { type: 'analyze.task.ready', data: { batch_id: BATCH_ID } }],
    ['is about an item of a batch', { ...completed, type: 'analyze.batch.task.ready' }],
    ['is about something unheard of', { ...completed, type: 'asset.ready' }],
    ['has no type to speak of', { ...completed, type: '' }],
    ['has a number for a type', { ...completed, type: 7 }],
    ['has no data', { type: 'ping' }],
    ['has data that are none', { type: 'ping', data: 'hello' }],
    ['is a list', []],
    ['is empty', {}],
  ])('because it %s is acknowledged, and queues nothing', async (_, event) => {
    const receiver = aReceiver();
    expect(await receiver.receive(event)).toEqual({ statusCode: 202, code: 'ignored' });
    expect(receiver.queue.sent).toEqual([]);
    expect(receiver.counted).toEqual([['WebhookReceived', 1, { outcome: 'ignored' }]]);
  });
});

describe('a signed event of a batch that it does not name', () => {
  it.each([
    ['no data', undefined],
    ['no id', {}],
    ['an id too short', { id: BATCH_ID.slice(1) }],
    ['an id too long', { id: `${BATCH_ID}0` }],
    ['an id that is none', { id: '../../assets' }],
    ['an id that is a number', { id: 1 }],
    ['an id behind a line end', { id: `${BATCH_ID}\n` }],
  ])('for it has %s is acknowledged, queues nothing, and is told of loudly', async (_, data) => {
    const receiver = aReceiver();
    expect(await receiver.receive({ ...completed, data })).toEqual({
      statusCode: 202,
      code: 'ignored',
    });
    expect(receiver.queue.sent).toEqual([]);
    expect(receiver.log.lines).toMatchObject([{ level: 'error', event: 'webhook_unnamed' }]);
    expect(receiver.counted).toEqual([['WebhookReceived', 1, { outcome: 'unnamed' }]]);
  });
});

describe('a signed body that can not be read', () => {
  it.each([
    ['no JSON', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['half an event', Buffer.from('{"type":"analyze.batch.completed","data":{"id":"64f8')],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
    ['JSON with a byte that is no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['nested without end', Buffer.from('['.repeat(200_000))],
  ])('because it is %s is refused, and queues nothing', async (_, body) => {
    const receiver = aReceiver();
    expect(await receiver.receiveBytes(body)).toEqual({ statusCode: 400, code: 'body_unreadable' });
    expect(receiver.queue.sent).toEqual([]);
    expect(receiver.log.lines).toMatchObject([{ level: 'error', event: 'webhook_unreadable' }]);
  });
});

describe('an event that is not signed as it should be', () => {
  const at = MADE_AT.getTime() / 1000;
  const body = Buffer.from(JSON.stringify(completed));
  const attacks: [string, string | undefined, string][] = [
    ['no signature', undefined, 'missing'],
    ['half a signature', `t=${at}`, 'malformed'],
    ['one of another secret', signatureOf(body, 'other', at), 'mismatch'],
    ['one of another body', signatureOf(Buffer.from('{}'), SECRET, at), 'mismatch'],
    ['one from long ago', signatureOf(body, SECRET, at - 301), 'outside_window'],
    ['one from times to come', signatureOf(body, SECRET, at + 301), 'outside_window'],
  ];

  it.each(attacks)('but has %s queues nothing, and is counted', async (_, signature, verdict) => {
    const receiver = aReceiver();
    await receiveWebhook({ signature, body }, receiver.deps);
    expect(receiver.queue.sent).toEqual([]);
    expect(receiver.counted).toEqual([['WebhookReceived', 1, { outcome: verdict }]]);
    expect(receiver.log.lines).toMatchObject([
      { level: 'warn', event: 'webhook_refused', facts: { outcome: verdict } },
    ]);
  });

  it('gets the same reply whatever is wrong with it', async () => {
    const replies = attacks.map(([, signature]) =>
      receiveWebhook({ signature, body }, aReceiver().deps),
    );
    const unreadable = Buffer.from('hello');
    const forged = { signature: signatureOf(unreadable, 'other', at), body: unreadable };
    replies.push(receiveWebhook(forged, aReceiver().deps));
    for (const reply of await Promise.all(replies)) {
      expect(reply).toStrictEqual({ statusCode: 401, code: 'signature_invalid' });
    }
  });

  it('is never parsed', async () => {
    const receiver = aReceiver();
    const reply = await receiveWebhook(
      { signature: `t=${at},v1=${'0'.repeat(64)}`, body: Buffer.alloc(MAX_BODY_BYTES, '[') },
      receiver.deps,
    );
    expect(reply.statusCode).toBe(401);
  });
});

describe('a body that is too large', () => {
  it('is refused before anything is done with it, the secrets included', async () => {
    const secrets = async () => {
      throw new Error('asked for the secrets');
    };
    const receiver = aReceiver({ secrets });
    const reply = await receiver.receiveBytes(Buffer.alloc(MAX_BODY_BYTES + 1, ' '));
    expect(reply).toEqual({ statusCode: 413, code: 'body_too_large' });
    expect(receiver.queue.sent).toEqual([]);
    expect(receiver.counted).toEqual([['WebhookReceived', 1, { outcome: 'too_large' }]]);
  });

  it('by a byte is the first to be refused', async () => {
    const receiver = aReceiver();
    const reply = await receiver.receiveBytes(padded(completed, MAX_BODY_BYTES));
    expect(reply.code).toBe('accepted');
  });
});

describe('the logs and the replies', () => {
  const marked = {
    type: 'analyze.batch.completed',
    id: 'a-secret',
    data: { id: BATCH_ID, custom_id: 'a-secret', more: { deep: 'a-secret' } },
  };

  it.each<[string, Buffer]>([
    ['taken', json(marked)],
    ['ignored', json({ ...marked, type: 'index.task.ready', data: { id: 'a-secret' } })],
    ['unreadable', Buffer.from('a-secret, but no JSON')],
    ['of another shape', json({ type: ['a-secret'], data: 'a-secret' })],
  ])('hold nothing of a body that is %s but the id', async (_, body) => {
    const receiver = aReceiver();
    const reply = await receiver.receiveBytes(body);
    const written = receiver.log.text() + JSON.stringify([reply, receiver.counted]);
    expect(written).not.toContain('a-secret');
    expect(written).not.toContain('whsec_');
    expect(written).not.toMatch(/v1=|[0-9a-f]{64}/);
  });

  it('hold nothing of a type', async () => {
    const receiver = aReceiver();
    const reply = await receiver.receive({ ...completed, type: 'a-secret.batch.a-secret' });
    expect(reply.code).toBe('accepted');
    expect(receiver.log.text()).not.toContain('a-secret');
  });
});

it('counts an event that is taken', async () => {
  const receiver = aReceiver();
  await receiver.receive(completed);
  expect(receiver.counted).toEqual([['WebhookReceived', 1, { outcome: 'accepted' }]]);
});

/** A receiver at a clock that stands still, and what it did. */
function aReceiver(changes: Partial<ReceiveWebhookDeps> = {}) {
  const queue = fakeQueue<BatchChanged>();
  const log = fakeLog();
  const counted: unknown[] = [];
  const deps: ReceiveWebhookDeps = {
    secrets: async () => [SECRET],
    changedBatches: queue,
    now: () => MADE_AT,
    log,
    count: (...args) => counted.push(args),
    ...changes,
  };
  const receiveBytes = (body: Buffer) => {
    const signature = signatureOf(body, SECRET, MADE_AT.getTime() / 1000);
    return receiveWebhook({ signature, body }, deps);
  };
  const receive = (event: object) => receiveBytes(json(event));
  return { deps, queue, log, counted, receive, receiveBytes };
}

/** The same JSON with spaces behind it. */
function padded(value: unknown, bytes: number): Buffer {
  return Buffer.concat([json(value), Buffer.alloc(bytes - json(value).length, ' ')]);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function signatureOf(body: Uint8Array, secret: string, at: number): string {
  const mac = createHmac('sha256', secret).update(`${at}.`).update(body);
  return `t=${at},v1=${mac.digest('hex')}`;
}

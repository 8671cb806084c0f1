import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
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
    expect(receiver.queue.sent).toStrictEqual([{ message: { providerBatchId }, delaySeconds: 0 }]);
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
    ['only begins like one of a batch', { ...completed, type: 'analyze.batches.completed' }],
    ['has no type to speak of', { ...completed, type: '' }],
    ['names no batch', { ...completed, data: {} }],
    ['names an id too short', { ...completed, data: { id: BATCH_ID.slice(1) } }],
    ['names an id too long', { ...completed, data: { id: `${BATCH_ID}0` } }],
    ['names no id at all', { ...completed, data: { id: '../../assets' } }],
    ['hides an id behind a line end', { ...completed, data: { id: `${BATCH_ID}\n` } }],
  ])('because it %s is acknowledged, and queues nothing', async (_, event) => {
    const receiver = aReceiver();
    expect(await receiver.receive(event)).toEqual({ statusCode: 202, code: 'ignored' });
    expect(receiver.queue.sent).toEqual([]);
    expect(receiver.log.events()).toEqual(['webhook_ignored']);
  });
});

describe('a signed body that can not be read', () => {
  it.each([
    ['no JSON', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['a list', Buffer.from('[]')],
    ['no data', Buffer.from('{"type":"analyze.batch.completed"}')],
    ['an id that is a number', Buffer.from('{"type":"analyze.batch.completed","data":{"id":1}}')],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
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
    expect(receiver.counted).toEqual([['WebhookReceived', 1, { verdict }]]);
    expect(receiver.log.lines).toMatchObject([
      { level: 'warn', event: 'webhook_refused', facts: { verdict } },
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

  it('is never parsed, however large', async () => {
    const receiver = aReceiver();
    const reply = await receiveWebhook(
      { signature: `t=${at},v1=${'0'.repeat(64)}`, body: Buffer.alloc(5_000_000, '[') },
      receiver.deps,
    );
    expect(reply.statusCode).toBe(401);
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
  ])('hold nothing of a body that is %s but its type and the id', async (_, body) => {
    const receiver = aReceiver();
    const reply = await receiver.receiveBytes(body);
    const written = receiver.log.text() + JSON.stringify([reply, receiver.counted]);
    expect(written).not.toContain('a-secret');
    expect(written).not.toContain('whsec_');
    expect(written).not.toMatch(/v1=|[0-9a-f]{64}/);
  });

  it('hold no more of a type than its beginning', async () => {
    const receiver = aReceiver();
    await receiver.receive({ ...completed, type: 'x'.repeat(100_000) });
    expect(receiver.log.text().length).toBeLessThan(300);
  });
});

it('counts every event with its verdict', async () => {
  const receiver = aReceiver();
  await receiver.receive(completed);
  expect(receiver.counted).toEqual([['WebhookReceived', 1, { verdict: 'valid' }]]);
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

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function signatureOf(body: Uint8Array, secret: string, at: number): string {
  const mac = createHmac('sha256', secret).update(`${at}.`).update(body);
  return `t=${at},v1=${mac.digest('hex')}`;
}

import { expect, it } from 'vitest';
import { judgeForgedEvent } from '../../../../cli/doctor/forged-event.ts';
import { type Answer, batchEvent, signEvent } from '../../../../cli/doctor/post-event.ts';
import { judgeWebhook, type WebhookFacts } from '../../../../cli/doctor/webhook.ts';
import { verifySignature } from '../../../../functions/receive-webhook/verify-signature.ts';

const answered = (status: number, offsetSeconds?: number): Answer => ({
  kind: 'answered',
  status,
  offsetSeconds,
});
const posted = (answer: Answer, seenAfterSeconds?: number): WebhookFacts['outcome'] => ({
  kind: 'posted',
  answer,
  ...(seenAfterSeconds !== undefined && { seenAfterSeconds }),
});

it.each<[WebhookFacts['outcome'], string, string]>([
  [
    posted(answered(202), 1.26),
    'ok',
    'an event signed and sent to https://url was seen at the other end 1.3 s',
  ],
  [posted(answered(202)), 'failed', 'not seen at the other end within 60 s; look at the queue Cha'],
  [posted(answered(202)), 'failed', '; its log is collect'],
  [posted(answered(401, 1)), 'failed', 'signed with the current secret of arn:secret is refused'],
  [posted(answered(401, 1)), 'failed', "this machine's clock differs by 1 s"],
  [posted(answered(401, -900)), 'failed', "this machine's clock differs by 15 min; set it right"],
  [posted(answered(404)), 'failed', 'https://url does not lead to the pipeline (HTTP 404)'],
  [
    posted(answered(500)),
    'failed',
    'answers HTTP 500; receive-webhook does not work; its log is r',
  ],
  [
    posted({ kind: 'silent', why: 'POST /w: timed out' }),
    'failed',
    'no answer (POST /w: timed out',
  ],
  [{ kind: 'not_indexed' }, 'failed', 'the index provider-batch does not show a row within 10 s'],
])('says of %j: %s', (outcome, mark, words) => {
  const logs = { receive: '; its log is receive', collect: '; its log is collect' };
  const line = judgeWebhook({
    url: 'https://url',
    secretArn: 'arn:secret',
    outcome,
    waitSeconds: 60,
    logs,
  });
  expect(line).toMatchObject({ mark, name: 'webhook' });
  expect(line.text).toContain(words);
});

it.each([
  [answered(401), 'ok', 'is refused'],
  [answered(202), 'failed', 'AN EVENT SIGNED WITH ANOTHER SECRET IS ACCEPTED'],
  [answered(200), 'failed', 'IS ACCEPTED'],
  [answered(500), 'failed', 'answered with HTTP 500 instead of 401'],
  [{ kind: 'silent', why: 'timed out' } as const, 'warning', 'not tested: no answer (timed out)'],
])('says of a forgery that met %j: %s', (answer, mark, words) => {
  const line = judgeForgedEvent(answer, '');
  expect(line.mark).toBe(mark);
  expect(line.text).toContain(words);
});

it('signs as TwelveLabs does, in its envelope', () => {
  const at = new Date('2026-11-21T12:00:00.500Z');
  const body = batchEvent('65a1b2c3d4e5f60718293a4b', at);
  expect(JSON.parse(body)).toEqual({
    id: expect.stringMatching(/^whe_[0-9a-f]{32}$/),
    created_at: '2026-11-21T12:00:00.500Z',
    type: 'analyze.batch.completed',
    data: {
      id: '65a1b2c3d4e5f60718293a4b',
      status: 'completed',
      created_at: '2026-11-21T12:00:00.500Z',
    },
  });
  const verdict = (secret: string) =>
    verifySignature(signEvent('whsec', body, at), Buffer.from(body), [secret], at);
  expect([verdict('whsec'), verdict('other')]).toEqual(['valid', 'mismatch']);
});

import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { noSuchResource } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { Controlled } from './controlled.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'It is no http or https URL' });
const endpoint = z.strictObject({ url: httpUrl, secret: z.string().min(1) });
const one = z.strictObject({ url: z.string() });
const notification = z.strictObject({ batchId: z.string() });

/** Serves /webhooks: who is notified, and notifications that are sent once more. */
export function serveWebhooks(app: FastifyInstance, { webhooks }: Controlled): void {
  app.get('/webhooks', () => ({ webhooks: webhooks.endpoints.map(({ url }) => ({ url })) }));

  app.post('/webhooks', async (request, reply) => {
    const { url, secret } = readParameters(endpoint, request.body);
    const isThere = webhooks.endpoints.some((each) => each.url === url && each.secret === secret);
    if (!isThere) {
      webhooks.remove(url);
      webhooks.endpoints.push({ url, secret });
    }
    return reply.code(201).send({ url });
  });

  app.delete('/webhooks', async (request, reply) => {
    const { url } = readParameters(one, request.query);
    if (!webhooks.remove(url)) throw noSuchResource('webhook', url);
    return reply.code(204).send();
  });

  app.post('/webhooks/resend', async (request, reply) => {
    const { batchId } = readParameters(notification, request.body);
    webhooks.resend(batchId);
    return reply.code(202).send({ batchId });
  });
}

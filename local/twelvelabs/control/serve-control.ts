import type { FastifyInstance } from 'fastify';
import { assetStatus } from '../assets/asset.ts';
import { batchStatus } from '../batches/batch.ts';
import { readJson, requireKey } from '../http/server.ts';
import type { Controlled } from './controlled.ts';
import { countBy } from './count-by.ts';
import { serveBooks } from './serve-books.ts';
import { serveClock } from './serve-clock.ts';
import { serveFaults } from './serve-faults.ts';
import { serveSettings } from './serve-settings.ts';
import { serveWebhooks } from './serve-webhooks.ts';

const MAX_BODY_BYTES = 1024 ** 2;

/** Serves what the provider has not: the box's own settings, faults, time and books. */
export function serveControl(app: FastifyInstance, apiKey: string, controlled: Controlled): void {
  // No web page can send this header here: its browser would ask first, and get no leave.
  app.addHook('onRequest', async (request) => requireKey(request, apiKey));
  // Whatever it is called: `curl -d` calls it a form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, readJson);

  app.get('/', () => overview(controlled));
  app.post('/reset', async (_, reply) => {
    // First, so that nothing is announced of what is about to be forgotten.
    controlled.webhooks.close();
    controlled.state.reset();
    return reply.code(204).send();
  });
  serveSettings(app, controlled);
  serveFaults(app, controlled);
  serveClock(app, controlled);
  serveWebhooks(app, controlled);
  serveBooks(app, controlled);
}

function overview({ state, webhooks }: Controlled): object {
  const { clock } = state;
  const nowMs = clock.nowMs();
  return {
    simulated: true,
    now: clock.now().toISOString(),
    clock: clock.reading.kind,
    assets: countBy([...state.assets.values()].map((each) => assetStatus(each, nowMs))),
    batches: countBy(state.batches().map((each) => batchStatus(each, nowMs))),
    webhooks: webhooks.endpoints.map(({ url }) => url),
    faults: state.faults.list(),
    requests: state.requests.length,
    links: ['settings', 'faults', 'clock', 'webhooks', 'ledger', 'requests'].map(
      (name) => `/control/${name}`,
    ),
  };
}

import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { serveAssets } from './assets/serve-assets.ts';
import { serveUserMetadata } from './assets/serve-user-metadata.ts';
import type { TempFiles } from './assets/temp-files.ts';
import { type Background, Lane } from './background.ts';
import { serveBatches } from './batches/serve-batches.ts';
import { serveTasks } from './batches/serve-tasks.ts';
import { serveControl } from './control/serve-control.ts';
import { spoilRequests } from './faults/spoil-requests.ts';
import { requireKey } from './http/server.ts';
import type { Ledger } from './ledger.ts';
import { serveChunks } from './multipart/serve-chunks.ts';
import { serveMultipartUploads } from './multipart/serve-multipart-uploads.ts';
import type { BoxState } from './state.ts';
import type { WebhookSender } from './webhooks/webhook-sender.ts';

/** URLs that are read at the same time, and uploads in chunks that are joined. */
const FETCHES_AT_ONCE = 8;

/** What the routes of a box work with. */
export interface BoxParts {
  readonly state: BoxState;
  readonly ledger: Ledger;
  readonly background: Background;
  readonly webhooks: WebhookSender;
  readonly files: TempFiles;
}

/** Opens the three doors of a box: the API, the URLs that chunks are sent to, and the control endpoint. */
export function serveBox(app: FastifyInstance, apiKey: string, parts: BoxParts): void {
  const { state, background, webhooks } = parts;
  const [fetches, joins] = [new Lane(FETCHES_AT_ONCE), new Lane(FETCHES_AT_ONCE)];
  const intake = { ...parts, fetches, joins };

  const serveApi = door((api) => {
    countRequests(api, apiKey, state);
    spoilRequests(api, state, background.signal);
    serveAssets(api, intake);
    serveUserMetadata(api, state);
    serveMultipartUploads(api, intake);
    serveBatches(api, state, webhooks);
    serveTasks(api, state);
  });

  app.register(serveApi, { prefix: '/v1.3' });
  app.register(
    door((chunks) => serveChunks(chunks, intake)),
    { prefix: '/chunks' },
  );
  app.register(
    door((control) => serveControl(control, apiKey, parts)),
    { prefix: '/control' },
  );
}

/** Routes under a prefix, with hooks and parsers of their own. */
function door(serve: (app: FastifyInstance) => void): FastifyPluginCallback {
  return (app, _, done) => {
    serve(app);
    done();
  };
}

/** Lets requests with the key in, notes what they ask for, and counts those that read. */
function countRequests(api: FastifyInstance, apiKey: string, state: BoxState): void {
  api.addHook('onRequest', async (request) => {
    requireKey(request, apiKey);
    const { operation } = request.routeOptions.config;
    if (operation) state.requests.push(operation);
    if (request.method !== 'GET') return;
    state.rates.take('reads', state.limits, state.clock.nowMs());
  });
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import type { Activity } from '../activity.ts';
import { CloudError } from '../cloud-error.ts';
import type { FunctionPool } from '../functions/function-pool.ts';
import type { HttpApiPlan } from '../resources/http-routes.ts';
import { httpEvent } from './http-event.ts';
import { type HttpReply, httpReply, messageReply } from './http-reply.ts';
import { matchRoute } from './match-route.ts';

/** What the routes lead to, once the stack is there. */
export interface HttpApiParts {
  readonly plan: HttpApiPlan;
  readonly pools: ReadonlyMap<string, FunctionPool>;
  readonly clock: Clock;
  readonly activity: Activity;
}

/** The most that API Gateway takes in one request. */
const MAX_BODY_BYTES = 10 * 1024 ** 2;
/** The most that Lambda takes in one event; base64 makes a large body larger. */
const MAX_EVENT_BYTES = 6 * 1024 ** 2;

/** The stack's HTTP API on 127.0.0.1. It listens before there are routes: others need its address. */
export class HttpApiServer {
  readonly #server: Server;
  #parts: HttpApiParts | undefined;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async listen(port: number): Promise<HttpApiServer> {
    const api = new HttpApiServer();
    await new Promise<void>((resolve, reject) => {
      api.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? portTaken(port) : error),
      );
      api.#server.listen(port, '127.0.0.1', resolve);
    });
    return api;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new CloudError('the HTTP API is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  open(parts: HttpApiParts): void {
    this.#parts = parts;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const done = this.#parts?.activity.begin();
    try {
      const reply = await this.#reply(request);
      response.writeHead(reply.status, { ...reply.headers } as Record<string, string | string[]>);
      response.end(reply.body);
    } catch {
      // The client is gone, or never finished its request: nobody to answer.
      response.destroy();
    } finally {
      done?.();
    }
  }

  async #reply(request: IncomingMessage): Promise<HttpReply> {
    const body = await readBody(request);
    if (!body) return messageReply(413, 'Request Entity Too Large');
    const { plan, pools, clock } = this.#parts ?? {};
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const matched = plan && matchRoute(plan.routes, request.method ?? '', path);
    const pool = matched && pools?.get(matched.route.functionLogicalId);
    if (!plan || !matched || !pool || !clock) return messageReply(404, 'Not Found');
    const event = httpEvent(request, body, { apiId: plan.apiId, matched, now: clock.now() });
    if (JSON.stringify(event).length > MAX_EVENT_BYTES) {
      return messageReply(413, 'Request Entity Too Large');
    }
    const { promise, resolve } = Promise.withResolvers<HttpReply>();
    const timer = setTimeout(
      () => resolve(messageReply(503, 'Service Unavailable')),
      matched.route.timeoutMs,
    );
    const reply = pool.invoke(event).then(httpReply);
    return Promise.race([reply, promise]).finally(() => clearTimeout(timer));
  }
}

/** The body, or undefined when it is too large; what is too much is read and forgotten. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function portTaken(port: number): CloudError {
  return new CloudError(
    `port ${port} for httpApi is already taken: end what listens there, or choose another port`,
  );
}

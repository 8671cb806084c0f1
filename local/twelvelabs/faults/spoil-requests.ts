import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import { declaredShape, errorBody } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import { type Fault, faultKinds } from './fault.ts';

type RequestFault = Extract<Fault, { kind: (typeof faultKinds.request)[number] }>;
type Answer = Extract<Fault, { kind: 'answer' }>;
type Cut = Extract<Fault, { kind: 'cut' }>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The faults that struck this request. */
    strikes?: readonly RequestFault[];
  }
}

const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** Applies the faults of requests to every route of `app`; `signal` ends what is held back. */
export function spoilRequests(app: FastifyInstance, state: BoxState, signal: AbortSignal): void {
  app.addHook('preHandler', async (request, reply) => {
    request.strikes = state.faults.strike(faultKinds.request, {
      operation: request.routeOptions.config.operation,
      items: itemsOf(request.body),
    });
    for (const fault of request.strikes) {
      if (fault.kind === 'lose-request') {
        reply.hijack();
        request.raw.socket.destroy();
        return;
      }
      if (fault.kind === 'late') {
        request.raw.socket.destroy();
        await heldBack(state.clock, fault.ms, signal);
      }
      if (fault.kind === 'answer' && !fault.afterWork) {
        reply.send(answerWith(fault, request, reply, state));
        // The route must not begin, and Fastify goes on to it as long as the answer has not ended.
        return await new Promise<never>(() => {});
      }
    }
    return undefined;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    let spoiled: unknown = payload;
    for (const fault of request.strikes ?? []) {
      if (fault.kind === 'slow') await heldBack(state.clock, fault.ms, signal);
      // A box that is closed sends nothing early.
      if (fault.kind === 'lose-reply' || signal.aborted) request.raw.socket.destroy();
      if (fault.kind === 'answer' && fault.afterWork) {
        discard(spoiled);
        reply.removeHeader('content-length').removeHeader('content-encoding');
        spoiled = answerWith(fault, request, reply, state);
      }
      if (fault.kind === 'cut') spoiled = cut(spoiled, fault, state, reply);
    }
    return spoiled;
  });
}

function itemsOf(body: unknown): number | undefined {
  const { requests } = (body ?? {}) as { requests?: unknown };
  return Array.isArray(requests) ? requests.length : undefined;
}

/** Writes the head of the answer and returns its body. */
function answerWith(
  fault: Answer,
  request: FastifyRequest,
  reply: FastifyReply,
  state: BoxState,
): string {
  reply.code(fault.status).type(fault.body === 'html' ? 'text/html' : 'application/json');
  reply.headers(fault.headers);
  if (typeof fault.body === 'object') return fault.body.text;
  if (fault.body === 'html') return HTML;
  if (fault.body === 'empty') return '';
  const shape = fault.body === 'declared' ? declaredShape(request.url, state.switches) : fault.body;
  return JSON.stringify(errorBody(shape, fault.code, fault.message));
}

async function heldBack(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}

/** Nobody will read a body that is replaced. */
function discard(payload: unknown): void {
  if (payload instanceof Readable) payload.destroy();
}

function cut(payload: unknown, fault: Cut, state: BoxState, reply: FastifyReply): unknown {
  if (payload === undefined || payload === null) return payload;
  const chunks = payload instanceof Readable ? payload : [Buffer.from(payload as string)];
  const { afterBytes, withinBytes = 1 } = fault;
  const most =
    afterBytes ??
    Math.floor(state.faults.chance(fault, String(state.requests.length)) * withinBytes);
  reply.removeHeader('content-length');
  return Readable.from(firstBytes(chunks, most, fault.ending));
}

async function* firstBytes(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  most: number,
  ending: Cut['ending'],
): AsyncGenerator<Buffer> {
  let left = most;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.byteLength;
    if (left > 0) continue;
    // An error in the middle of an answer ends its connection.
    if (ending === 'reset') throw new Error('the answer was cut');
    return;
  }
}

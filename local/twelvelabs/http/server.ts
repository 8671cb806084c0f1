import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { BoxState } from '../state.ts';
import { answerUnknownRoutes, createAnswerError } from './answer-errors.ts';
import { ApiError, invalidParameter } from './api-error.ts';

/** Room for a thousand items and their reference images. */
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/** An HTTP server with the manners of the API: its header, its bodies, its two shapes of an error. */
export async function createServer(state: BoxState): Promise<FastifyInstance> {
  const answerError = createAnswerError(state);
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_000 },
    // A URL that can't be read meets no hook.
    frameworkErrors: (error, request, reply) => answerError(error, request, withVersion(reply)),
  });
  app.setErrorHandler<Error>(answerError);
  answerUnknownRoutes(app, answerError);
  await app.register(multipart, { throwFileSizeLimit: false });
  acceptBodies(app);
  app.addHook('onRequest', async (_, reply) => {
    withVersion(reply);
  });
  return app;
}

function withVersion(reply: FastifyReply): FastifyReply {
  return reply.header('x-api-version', 'v1.3');
}

/** Throws the refusal for a request without the key. */
export function requireKey(request: FastifyRequest, apiKey: string): void {
  if (request.headers['x-api-key'] === apiKey) return;
  throw new ApiError(401, 'api_key_invalid', 'The x-api-key header is missing or invalid.');
}

/** Reads a body as JSON; an empty one is none. */
export async function readJson(_: unknown, text: string): Promise<unknown> {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidParameter('body', 'It is not valid JSON.');
  }
}

/** JSON, or nothing: the official SDK announces JSON even where it sends no body. */
function acceptBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, readJson);
  app.addContentTypeParser('*', async (_: unknown, payload: NodeJS.ReadableStream) => {
    payload.resume();
  });
}

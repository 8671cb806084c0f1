import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiError, errorBody, invalidParameter } from './api-error.ts';

/** Room for a thousand items and their reference images. */
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/** An HTTP server with the manners of the API: its key, its header, its two shapes of an error. */
export async function createServer(apiKey: string): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_000 },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  });
  await app.register(multipart, { throwFileSizeLimit: false });
  acceptBodies(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-api-version', 'v1.3');
    if (request.headers['x-api-key'] === apiKey) return;
    throw new ApiError(401, 'api_key_invalid', 'The x-api-key header is missing or invalid.');
  });
  app.setErrorHandler<Error>(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError(
      new ApiError(
        404,
        'resource_not_exist',
        `${request.method} ${request.url.split('?')[0]} does not exist here.`,
      ),
      request,
      reply,
    ),
  );
  return app;
}

/** JSON, or nothing: the official SDK announces JSON even where it sends no body. */
function acceptBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_: unknown, text: string) => {
      if (text === '') return undefined;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw invalidParameter('body', 'It is not valid JSON.');
      }
    },
  );
  app.addContentTypeParser('*', async (_: unknown, payload: NodeJS.ReadableStream) => {
    payload.resume();
  });
}

function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { status, code, message, headers } = asApiError(error);
  reply
    .code(status)
    .headers(headers)
    .send(errorBody(request.url, code, message));
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  const { statusCode } = error as Error & { statusCode?: number };
  return statusCode !== undefined && statusCode < 500
    ? new ApiError(statusCode === 413 ? 413 : 400, 'parameter_invalid', error.message)
    : new ApiError(500, 'internal_server_error', error.message);
}

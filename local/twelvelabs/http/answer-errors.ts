import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BoxState } from '../state.ts';
import type { BoxSwitches } from '../switches.ts';
import { ApiError, declaredShape, errorBody, UncodedError } from './api-error.ts';

/** Writes every failure of a request as the provider would: in the shape that is declared for its path. */
export type AnswerError = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** Makes what writes failures, by the switches of the moment. */
export function createAnswerError(state: BoxState): AnswerError {
  return (error, request, reply) => {
    const { switches } = state;
    const refusal = asApiError(error);
    const code = codeOf(refusal, switches);
    reply.code(refusal.status);
    if (refusal.status !== 429) {
      reply
        .headers(refusal.headers)
        .send(errorBody(declaredShape(request.url, switches), code, refusal.message));
      return;
    }
    const isEmpty = isEmptyRateLimit(state);
    reply.headers(rateLimitHeaders(refusal, state));
    reply.send(
      isEmpty ? '' : errorBody(declaredShape(request.url, switches), code, refusal.message),
    );
  };
}

/** Answers routes that do not exist. */
export function answerUnknownRoutes(app: FastifyInstance, answerError: AnswerError): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0];
    const message = `${request.method} ${path} does not exist here.`;
    answerError(new ApiError(404, 'resource_not_exist', message), request, reply);
  });
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  const { statusCode } = error as Error & { statusCode?: number };
  return statusCode !== undefined && statusCode < 500
    ? new ApiError(statusCode === 413 ? 413 : 400, 'parameter_invalid', error.message)
    : new ApiError(500, 'internal_server_error', error.message);
}

function codeOf(refusal: ApiError, switches: BoxSwitches): string {
  const isTold = !(refusal instanceof UncodedError) || switches.undocumentedCodes === 'telling';
  return isTold ? refusal.code : switches.undocumentedCodes;
}

/** The pages say of a 429 that its body is empty, and that it is an error. */
function isEmptyRateLimit(state: BoxState): boolean {
  const { rateLimitBody } = state.switches;
  if (rateLimitBody !== 'alternating') return rateLimitBody === 'empty';
  state.rateLimitAnswers += 1;
  return state.rateLimitAnswers % 2 === 0;
}

function rateLimitHeaders(refusal: ApiError, state: BoxState): Record<string, string> {
  const { 'retry-after': seconds, ...headers } = refusal.headers;
  const { retryAfter } = state.switches;
  if (seconds === undefined || retryAfter === 'absent') return headers;
  // A date has whole seconds: the first that is not too early.
  const second = Math.ceil(state.clock.nowMs() / 1000) + Number(seconds);
  const date = new Date(second * 1000).toUTCString();
  return { ...headers, 'retry-after': retryAfter === 'date' ? date : seconds };
}

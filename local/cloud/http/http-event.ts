import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from '../cloud-region.ts';
import type { MatchedRoute } from './match-route.ts';

/** What the event says besides the request itself. */
export interface HttpEventContext {
  readonly apiId: string;
  readonly matched: MatchedRoute;
  readonly now: Date;
}

// Measured on AWS by others (ministack #766): only these arrive as text. Everything else is
// base64, a missing type and a form included.
const TEXT = /^(text\/.*|application\/(json|javascript|xml))$/i;

/** The event, in payload format 2.0, that API Gateway makes of a request. */
export function httpEvent(request: IncomingMessage, body: Buffer, context: HttpEventContext) {
  const { routeKey } = context.matched.route;
  const { pathParameters } = context.matched;
  const [rawPath = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const query = queryParameters(rawQueryString);
  const cookies = request.headers.cookie?.split(/; */);
  const headers = headersOf(request);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookies && { cookies }),
    headers,
    ...(rawQueryString && { queryStringParameters: query }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: context.apiId,
      domainName: request.headers.host ?? '',
      domainPrefix: context.apiId,
      http: {
        method: request.method ?? '',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: logTime(context.now),
      timeEpoch: context.now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...bodyOf(body, request.headers['content-type']),
  };
}

function bodyOf(body: Buffer, contentType = '') {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT.test(contentType.split(';')[0]?.trim() ?? '');
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

/** Lower-cased; what was sent twice is joined by a comma; cookies have a place of their own. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const { cookie: _cookie, ...headers } = request.headersDistinct;
  return Object.fromEntries(
    Object.entries(headers).map(([name, values = []]) => [name, values.join(',')]),
  );
}

function queryParameters(rawQueryString: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}

/** `21/Nov/2026:23:28:00 +0000` */
function logTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

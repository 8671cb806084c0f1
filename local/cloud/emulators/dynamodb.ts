import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import dynalite from 'dynalite';
import { Authorizer } from '../access/authorizer.ts';
import { accessKeyIn } from '../access/credentials.ts';
import { describeDenial } from '../access/denial.ts';
import { dynamoDbNeeds } from './dynamodb-needs.ts';

/** DynamoDB in memory: dynalite, with tables that are ready at once, asking first who calls. */
export function createDynamoDb(authorizer = new Authorizer()): Server {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const [dynalites] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', async (request, response) => {
    response.setHeader('Date', new Date().toUTCString());
    const body = await buffer(request).catch(() => undefined);
    // The client is gone in the middle of its request: nobody to answer.
    if (body === undefined) return response.destroy();
    const refusal = refuse(authorizer, request, body);
    if (refusal !== undefined) answer(response, refusal);
    else if (dynalites) replay(dynalites, request, response, body);
  });
  return server;
}

function refuse(authorizer: Authorizer, request: IncomingMessage, body: Buffer) {
  const { authorization } = request.headers;
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  // dynalite itself refuses what is not signed.
  if (authorization === undefined) return undefined;
  const denial = authorizer.refuse({
    accessKeyId: accessKeyIn(authorization),
    operation: `dynamodb:${operation}`,
    needs: () => dynamoDbNeeds(operation, body.toString()),
  });
  return denial && describeDenial(denial);
}

function answer(response: ServerResponse, message: string): void {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  const __type = 'com.amazon.coral.service#AccessDeniedException';
  response.end(JSON.stringify({ __type, Message: message }));
}

/** Lets dynalite read a request that has been read already. */
function replay(
  listener: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  listener(request, response as Parameters<RequestListener>[1]);
  // dynalite throws when a client goes away, which would end all of us whenever a function is
  // stopped at its timeout.
  request.removeAllListeners('error');
  request.on('error', () => {});
  if (body.length > 0) request.emit('data', body);
  request.emit('end');
}

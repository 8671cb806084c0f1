import type { Server } from 'node:http';
import dynalite from 'dynalite';

/** DynamoDB in memory: dynalite, with tables that are ready at once. */
export function createDynamoDb(): Server {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.prependListener('request', (_request, response) => {
    response.setHeader('Date', new Date().toUTCString());
  });
  // dynalite throws when a client goes away in the middle of a request, which would end all of
  // us whenever a function is stopped at its timeout. Its own listener is there by now: replace it.
  server.on('request', (request) => {
    request.removeAllListeners('error');
    request.on('error', () => {});
  });
  return server;
}

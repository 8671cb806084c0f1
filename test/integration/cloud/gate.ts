import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that lets nobody through until it is opened. */
export async function startGate() {
  const waiting: ServerResponse[] = [];
  let isOpen = false;
  const server = createServer((_request, response) => {
    if (isOpen) response.end();
    else waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => waiting.length,
    open: () => {
      isOpen = true;
      for (const response of waiting) response.end();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

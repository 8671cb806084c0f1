import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP server that need not speak HTTP. */
export interface RawEndpoint {
  readonly url: string;
  /** The connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
  /** How many connections there have been. */
  readonly count: () => number;
}

/** Does what `behave` does with every connection, until the test has finished. */
export async function startRawEndpoint(behave: (socket: Socket) => void): Promise<RawEndpoint> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    connections += 1;
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { readonly port: number };
  return { url: `http://127.0.0.1:${port}/`, sockets, count: () => connections };
}

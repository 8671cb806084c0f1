import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { type Blow, type Call, placeOf } from './calls.ts';

const asked = z.object({
  functionName: z.string(),
  requestId: z.string().optional(),
  name: z.string(),
});
type Asked = z.infer<typeof asked>;

/** Every request of every function passes here: written down, let through, or answered with death. */
export class Gate {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #calls: Call[] = [];
  #blows: Blow[] = [];
  #seen = new Map<string, number>();
  #struck = new Map<string, Blow>();
  #died = new Set<Blow>();

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
  }

  static async open(): Promise<Gate> {
    const sockets = new Set<Socket>();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('the gate has no port');
    const gate = new Gate(server, sockets, address.port);
    server.on('connection', (socket) => gate.#serve(socket));
    return gate;
  }

  /** Forgets what passed, and strikes at these calls from now on. */
  expect(blows: readonly Blow[]): void {
    this.#calls = [];
    this.#blows = [...blows];
    this.#seen = new Map();
    this.#struck = new Map();
    this.#died = new Set();
  }

  /** What passed, in order; a blow is on the call that it struck. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** To be told of each invocation that ended without an answer; says whether it was struck. */
  noteDeath(requestId: string): boolean {
    const blow = this.#struck.get(requestId);
    if (blow) this.#died.add(blow);
    return blow !== undefined;
  }

  /** Those that were planned, and of which nobody has died. */
  get missed(): readonly Blow[] {
    return this.#blows.filter((blow) => !this.#died.has(blow));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    socket.setNoDelay();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const lines = createInterface({ input: socket }).on('line', (line) => {
      socket.write(`${this.#judge(asked.parse(JSON.parse(line)))}\n`);
    });
    // A process that dies takes its connection along.
    for (const each of [socket, lines]) each.on('error', () => {});
  }

  #judge({ functionName, requestId, name }: Asked): Blow['how'] | 'go' {
    if (requestId === undefined) return 'go';
    const text = `${functionName} ${name}`;
    const nth = this.#count(`${requestId} ${text}`);
    const invocation = this.#count(`${text} ${nth}`);
    const call: Call = { functionName, requestId, name, nth, invocation };
    const blow = this.#blows.find(({ at }) => placeOf(at) === placeOf(call));
    this.#calls.push(call);
    if (!blow || this.#struck.has(requestId)) return 'go';
    this.#struck.set(requestId, blow);
    return blow.how;
  }

  #count(text: string): number {
    const count = (this.#seen.get(text) ?? 0) + 1;
    this.#seen.set(text, count);
    return count;
  }
}

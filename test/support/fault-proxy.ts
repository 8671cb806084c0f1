import {
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does to a request instead of only passing it on. */
export type Fault =
  | { readonly kind: 'lose-reply' }
  | { readonly kind: 'lose-request' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

interface Rule {
  readonly method: string;
  readonly path: RegExp;
  readonly fault: Fault;
  timesLeft: number;
}

/** A connection to the box that can be made bad: by default it passes everything on unchanged. */
export interface FaultProxy {
  readonly url: string;
  /** Does `fault` to the next `times` requests that match. */
  inject(method: string, path: RegExp, fault: Fault, times?: number): void;
  /** Requests that came through, as `POST /v1.3/assets`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy in front of `target`, an http URL on loopback. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const rules: Rule[] = [];
  const requests: string[] = [];
  const { origin, pathname } = new URL(target);
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url.split('?')[0]}`);
    const rule = rules.find(
      (it) => it.timesLeft > 0 && it.method === method && it.path.test(url.split('?')[0] ?? ''),
    );
    if (rule) rule.timesLeft -= 1;
    handle(request, response, origin, rule?.fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    requests,
    inject: (method, path, fault, times = 1) => {
      rules.push({ method, path, fault, timesLeft: times });
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function handle(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  fault: Fault | undefined,
): void {
  if (fault?.kind === 'lose-request') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'answer') {
    request.resume().on('end', () => response.writeHead(fault.status).end(fault.body));
    return;
  }
  const onward = requestHttp(
    `${origin}${request.url}`,
    { method: request.method, headers: request.headers },
    (answer) => {
      if (fault?.kind === 'lose-reply') {
        answer.resume();
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => request.socket.destroy());
  request.pipe(onward);
}

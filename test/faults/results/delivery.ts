import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { Chance } from './chance.ts';

const gzip = promisify(gzipCallback);

/** How often each way to send a stream is taken where things go wrong. */
const weights = {
  whole: 30,
  'whole, with its length': 8,
  'whole, gzip': 10,
  'ends early, cleanly': 14,
  reset: 14,
  'gzip, truncated': 6,
  'gzip, reset': 4,
  'length too small': 5,
  'length too large': 5,
  refused: 4,
};

export type DeliveryName = keyof typeof weights;

/** The names, in the order of the tables. */
export const deliveryNames = Object.keys(weights) as DeliveryName[];

/** How a body is sent. */
export interface Delivery {
  readonly name: DeliveryName;
  /** Whether the reader is told that the body is whole, not told so, or must find out. */
  readonly end: 'clean' | 'broken' | 'either';
  send(response: ServerResponse): void;
}

const healthy: readonly DeliveryName[] = ['whole', 'whole, with its length', 'whole, gzip'];
const broken: readonly DeliveryName[] = [
  'reset',
  'gzip, truncated',
  'gzip, reset',
  'length too large',
  'refused',
];

/** A way to send a body; a healthy one, if asked for. */
export function aDelivery(chance: Chance, body: Buffer, isHealthy: boolean): Delivery {
  const name = isHealthy
    ? chance.pick(healthy as [DeliveryName, ...DeliveryName[]])
    : chance.weighted(weights);
  const isEmpty = body.length === 0;
  const sent = isEmpty && name !== 'refused' ? 'whole' : name;
  const cut = chance.whole(0, Math.max(0, body.length - 1));
  const cutAt = chance.is(0.3) ? Math.max(0, body.length - chance.whole(0, 200)) : cut;
  const pieces = piecesOf(chance, chance.is(0.2) ? 1 : chance.whole(2, 14));
  const share = chance.whole(1, 999) / 1000;
  return {
    name: sent,
    end: broken.includes(sent) ? 'broken' : sent === 'length too small' ? 'either' : 'clean',
    send: (response) => {
      // Whoever reads may go away: that is no failure of the sender.
      sendBy(sent, response, body, Math.min(cutAt, body.length - 1), share, pieces).catch(() => {});
    },
  };
}

type Pieces = (bytes: Buffer) => Buffer[];

async function sendBy(
  name: DeliveryName,
  response: ServerResponse,
  body: Buffer,
  cutAt: number,
  share: number,
  pieces: Pieces,
): Promise<void> {
  const reset = () => response.destroy();
  const write = async (bytes: Buffer) => {
    for (const piece of pieces(bytes)) {
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
    }
  };
  switch (name) {
    case 'refused':
      response.writeHead(503).end('away');
      return;
    case 'reset':
      await write(body.subarray(0, cutAt));
      return void reset();
    case 'ends early, cleanly':
      await write(body.subarray(0, cutAt));
      return void response.end();
    case 'whole, gzip':
    case 'gzip, truncated':
    case 'gzip, reset': {
      response.setHeader('content-encoding', 'gzip');
      const packed = await gzip(body, { level: 1 });
      const isWhole = name === 'whole, gzip';
      await write(isWhole ? packed : packed.subarray(0, Math.floor(packed.length * share)));
      return void (name === 'gzip, reset' ? reset() : response.end());
    }
    case 'length too small':
      response.setHeader('content-length', cutAt);
      break;
    case 'length too large':
      response.setHeader('content-length', body.length + 1 + cutAt);
      break;
    case 'whole, with its length':
      response.setHeader('content-length', body.length);
  }
  await write(body);
  if (name === 'length too large') reset();
  else response.end();
}

/** Cuts bytes anywhere, in the middle of characters too. */
function piecesOf(chance: Chance, count: number): Pieces {
  const shares = Array.from({ length: count - 1 }, () => chance.whole(0, 1e6) / 1e6);
  return (bytes) => {
    const cuts = shares.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b);
    return [0, ...cuts].flatMap((from, at) => {
      const piece = bytes.subarray(from, cuts[at] ?? bytes.length);
      return piece.length > 0 ? [piece] : [];
    });
  };
}

import { createHmac } from 'node:crypto';
import { type Chance, chanceOf } from '../faults/results/chance.ts';

/** One event of a burst, and what has to become of it. */
export interface BurstEvent {
  readonly kind: Kind;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Each of these is right. */
  readonly statuses: readonly number[];
  /** Whether it has to become a message. */
  readonly isHint: boolean;
}

/** What a burst is about. */
export interface BurstOptions {
  readonly seed: number;
  readonly secret: string;
  readonly nowSeconds: number;
  /** A batch of ours that is running. */
  readonly knownBatchId: string;
}

/** Events of each kind among a hundred. */
const shares = {
  known: 5,
  unknown: 8,
  'as bytes': 7,
  task: 20,
  index: 10,
  shapeless: 5,
  garbage: 10,
  'other secret': 10,
  'other body': 10,
  stale: 10,
  unsigned: 5,
};

type Kind = keyof typeof shares;

const refused = new Set<Kind>(['other secret', 'other body', 'stale', 'unsigned']);
const hints = new Set<Kind>(['known', 'unknown', 'as bytes']);
const STALE_SECONDS = 301;

/** Events of every kind in any order; the same seed always makes the same. */
export function planBurst(count: number, options: BurstOptions): BurstEvent[] {
  const chance = chanceOf(options.seed);
  return Array.from({ length: count }, () => {
    const kind = chance.weighted(shares);
    const body = bodyOf(kind, options, chance);
    return {
      kind,
      body,
      headers: { ...typeOf(kind, chance), ...signatureOf(kind, body, options) },
      statuses: statusesOf(kind),
      isHint: hints.has(kind),
    };
  });
}

function bodyOf(kind: Kind, { knownBatchId }: BurstOptions, chance: Chance): Buffer {
  const unknownId = Array.from({ length: 24 }, () => chance.whole(0, 15).toString(16)).join('');
  const event = (type: string, id: string) => Buffer.from(JSON.stringify({ type, data: { id } }));
  switch (kind) {
    case 'task':
      return event('analyze.task.ready', unknownId);
    case 'index':
      return event('index.task.ready', unknownId);
    case 'shapeless':
      return Buffer.from(chance.pick(['[]', '1', '"batch"', '{}', '{"type":7}', 'null']));
    case 'garbage':
      return chance.pick([Buffer.from('not JSON'), Buffer.alloc(0), Buffer.of(0xff, 0, 0xfe)]);
    case 'unknown':
    case 'as bytes':
      return event('analyze.batch.completed', unknownId);
    default:
      // A forged one that was believed would be a look at a batch of ours.
      return event('analyze.batch.completed', knownBatchId);
  }
}

/** The HTTP API takes for text what says so, and hands everything else on in base64. */
function typeOf(kind: Kind, chance: Chance): Record<string, string> {
  if (kind !== 'as bytes' && kind !== 'garbage') return { 'content-type': 'application/json' };
  return { 'content-type': chance.pick(['application/octet-stream', 'application/x-json']) };
}

function signatureOf(
  kind: Kind,
  body: Buffer,
  { secret, nowSeconds }: BurstOptions,
): Record<string, string> {
  if (kind === 'unsigned') return {};
  if (kind === 'other body') return signed(secret, nowSeconds, Buffer.from('{}'));
  if (kind === 'other secret') return signed(`not ${secret}`, nowSeconds, body);
  return signed(secret, kind === 'stale' ? nowSeconds - STALE_SECONDS : nowSeconds, body);
}

function signed(secret: string, atSeconds: number, body: Buffer): Record<string, string> {
  const v1 = createHmac('sha256', secret).update(`${atSeconds}.`).update(body).digest('hex');
  return { 'tl-signature': `t=${atSeconds},v1=${v1}` };
}

function statusesOf(kind: Kind): readonly number[] {
  if (refused.has(kind)) return [401];
  if (kind === 'garbage') return [400];
  // JSON that is no event: whether it is an error of the sender or none of our business is open.
  return kind === 'shapeless' ? [202, 400] : [202];
}

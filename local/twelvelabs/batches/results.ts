import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { fractionOf } from '../chance.ts';
import type { BoxState } from '../state.ts';
import { type Batch, type BatchItem, itemState } from './batch.ts';
import { resultLine, spoilLine } from './result-line.ts';

/** The pieces of the first lines are sent this far apart, in real time. */
const PAUSE_MS = 2;
const PAUSED_LINES = 3;

/**
 * Answers with the results of a batch: JSON Lines, a line an item, each made when it is sent.
 *
 * Nasty where nothing is promised: by default in the order in which items end, without a last
 * newline, and with every line sent in two pieces that part in the middle of a character if it has
 * one of several bytes.
 */
export function sendResults(batch: Batch, state: BoxState, reply: FastifyReply): FastifyReply {
  const { resultsType, resultsEncoding, resultsLastNewline } = state.switches;
  const lines = linesOf(batch, state, state.clock.nowMs());
  const plain = Readable.from(pieces(lines, resultsLastNewline));
  reply.type(resultsType);
  if (resultsEncoding === 'identity') return reply.send(plain);
  reply.header('vary', 'accept-encoding');
  if (!acceptsGzip(reply.request.headers['accept-encoding'])) return reply.send(plain);
  // Who goes away in the middle ends the one, and by it the other: no error to report.
  const packed = pipeline(plain, createGzip(), () => {});
  return reply.header('content-encoding', 'gzip').send(packed);
}

/** By name or by `*`, and not with a weight of 0. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const weights = new Map(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map((each) => each.split(';').map((part) => part.trim()))
      .map(([name = '', weight = '']) => [name, weight]),
  );
  const weight = weights.get('gzip') ?? weights.get('*');
  return weight !== undefined && !/^q=0(\.0*)?$/.test(weight);
}

function* linesOf(batch: Batch, { switches, faults }: BoxState, nowMs: number): Generator<string> {
  for (const item of inOrder(batch, nowMs, switches.resultsOrder)) {
    const line = resultLine(batch, item, nowMs - switches.resultsLagMs, switches);
    yield* spoilLine(line, item, faults);
  }
}

function inOrder(
  batch: Batch,
  nowMs: number,
  order: 'ended' | 'requested' | 'shuffled',
): readonly BatchItem[] {
  if (order === 'requested') return batch.items;
  const rank = (item: BatchItem) =>
    order === 'ended'
      ? (itemState(batch, item, Infinity).atMs ?? Infinity)
      : fractionOf('line', nowMs, item.taskId);
  return batch.items
    .map((item) => ({ item, rank: rank(item) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

async function* pieces(lines: Iterable<string>, endsInNewline: boolean): AsyncGenerator<Buffer> {
  let count = 0;
  for (const line of lines) {
    const bytes = Buffer.from(count === 0 ? line : `\n${line}`);
    const cut = bytes.findIndex((byte) => byte > 0x7f) + 1 || Math.ceil(bytes.length / 2);
    yield bytes.subarray(0, cut);
    // Written in the same turn, the pieces may leave as one packet and be read as one.
    if (count < PAUSED_LINES) await sleep(PAUSE_MS);
    yield bytes.subarray(cut);
    count += 1;
  }
  if (endsInNewline && count > 0) yield Buffer.from('\n');
}

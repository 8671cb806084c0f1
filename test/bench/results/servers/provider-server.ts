/**
 * A process that answers as TwelveLabs would for one batch that has ended: its object, and its results
 * in pieces of 64 KiB, wherever characters begin and end. The id of a batch says what its results are.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { serveRequests } from '../../../../local/cloud/emulators/serve-requests.ts';
import { bodyOf, providerBatchIdOf, type Workload, workloadOf } from '../content.ts';
import { listen } from './listen.ts';

const PIECE_BYTES = 64 * 1024;
const bodies = new Map<string, Buffer>();

serveRequests({
  listen: () =>
    listen((request, response) => {
      const [, id = '', results] =
        /^\/v1\.3\/analyze\/batches\/(\d+x\d+)(\/results)?$/.exec(request.url ?? '') ?? [];
      if (results) sendResults(id, response).catch(() => response.destroy());
      else sendJson(response, id ? batchOf(id) : undefined);
    }),
  /** Has the results at hand, so that making them is no part of what is measured. */
  prepare: (workload: Workload) => {
    resultsOf(providerBatchIdOf(workload));
  },
});

function resultsOf(id: string): Buffer {
  const body = bodies.get(id) ?? bodyOf(workloadOf(id));
  bodies.set(id, body);
  return body;
}

async function sendResults(id: string, response: ServerResponse): Promise<void> {
  const body = resultsOf(id);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(Readable.from(piecesOf(body), { objectMode: false }), response);
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES);
}

function batchOf(id: string) {
  const { lines } = workloadOf(id);
  return {
    batch_id: id,
    status: 'completed',
    analysis_mode: 'general',
    total_items: lines,
    created_at: '2026-10-01T00:00:00Z',
    expires_at: '2026-10-02T00:00:00Z',
    completed_at: '2026-10-01T01:00:00Z',
    queued_items: 0,
    processing_items: 0,
    ready_items: lines,
    failed_items: 0,
    canceled_items: 0,
  };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(value ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value ?? { code: 'resource_not_exist', message: 'no such batch' }));
}

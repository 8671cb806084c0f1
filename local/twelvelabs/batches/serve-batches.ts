import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { ApiError, noSuchResource } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { pageOf, pageQuery, repeated } from '../http/page.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import type { WebhookSender } from '../webhooks/webhook-sender.ts';
import { type Batch, batchBody, batchStatus, isOver, planEnd } from './batch.ts';
import { readBatchRequest } from './batch-request.ts';
import { createBatch } from './create-batch.ts';
import { resultsStream } from './results.ts';

const listQuery = z.object({
  ...pageQuery,
  status: repeated(
    z.enum(['pending', 'processing', 'canceling', 'canceled', 'completed', 'expired']),
  ),
  analysis_mode: repeated(z.enum(['general', 'time_based_metadata'])),
});

interface BatchRoute {
  Params: { batchId: string };
}

/** Serves /analyze/batches: from creation to deletion. */
export function serveBatches(app: FastifyInstance, state: BoxState, webhooks: WebhookSender): void {
  app.post('/analyze/batches', does('batches.create'), async (request, reply) => {
    state.rates.take('analyzeRequests', state.limits, state.clock.nowMs());
    const batch = createBatch(readBatchRequest(request.body, state.limits), state);
    webhooks.announceAtEnd(batch);
    return reply.code(201).send(createdBody(batch, state.clock.nowMs()));
  });

  app.get('/analyze/batches', does('batches.list'), (request) => {
    const query = readParameters(listQuery, request.query);
    const nowMs = state.clock.nowMs();
    const all = state
      .batches()
      .filter((batch) => query.status?.includes(batchStatus(batch, nowMs)) ?? true)
      .filter((batch) => query.analysis_mode?.includes(batch.analysisMode) ?? true);
    return pageOf(all, query, (batch) => batchBody(batch, nowMs));
  });

  app.get<BatchRoute>('/analyze/batches/:batchId', does('batches.retrieve'), (request) =>
    batchBody(findBatch(state, request.params.batchId), state.clock.nowMs()),
  );

  app.get<BatchRoute>(
    '/analyze/batches/:batchId/results',
    does('batches.results'),
    async (request, reply) => {
      const batch = findBatch(state, request.params.batchId);
      return reply.type('application/jsonl').send(resultsStream(batch, state.clock.nowMs()));
    },
  );

  app.post<BatchRoute>(
    '/analyze/batches/:batchId/cancel',
    does('batches.cancel'),
    async (request, reply) => {
      const batch = findBatch(state, request.params.batchId);
      cancel(batch, state);
      webhooks.announceAtEnd(batch);
      return reply.code(202).send(batchBody(batch, state.clock.nowMs()));
    },
  );

  app.delete<BatchRoute>(
    '/analyze/batches/:batchId',
    does('batches.delete'),
    async (request, reply) => {
      const batch = findBatch(state, request.params.batchId);
      remove(batch, state);
      return reply.code(204).send();
    },
  );
}

function findBatch(state: BoxState, batchId: string): Batch {
  const batch = state.batch(batchId);
  if (!batch) throw noSuchResource('batch', batchId);
  return batch;
}

/** Canceling twice is not documented; the box takes the second as said and changes nothing. */
function cancel(batch: Batch, state: BoxState): void {
  const nowMs = state.clock.nowMs();
  if (isOver(batch, nowMs)) {
    const { status } = batch.end;
    throw new ApiError(409, `batch_${status}`, `The batch is already ${status}.`);
  }
  batch.cancelRequestedAtMs ??= nowMs;
  batch.end = planEnd(batch, state.timing.batchCancelingMs);
}

function remove(batch: Batch, state: BoxState): void {
  if (!isOver(batch, state.clock.nowMs())) {
    const message = 'Only a completed, canceled or expired batch can be deleted.';
    throw new ApiError(409, 'batch_not_terminal', message);
  }
  state.deleteBatch(batch);
}

function createdBody(batch: Batch, nowMs: number): object {
  return {
    batch_id: batch.batchId,
    status: batchStatus(batch, nowMs),
    total_items: batch.items.length,
    created_at: new Date(batch.createdAtMs).toISOString(),
    expires_at: new Date(batch.expiresAtMs).toISOString(),
    items: batch.items.map((item) => ({ task_id: item.taskId, custom_id: item.customId })),
  };
}

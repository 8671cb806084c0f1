import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { ApiError, noSuchResource } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { pageOf, pageQuery, repeated } from '../http/page.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import type { WebhookSender } from '../webhooks/webhook-sender.ts';
import { type Batch, type BatchBody, batchBody, batchStatus, isOver } from './batch.ts';
import { readBatchRequest } from './batch-request.ts';
import { createBatch } from './create-batch.ts';
import { planEnd } from './plan-end.ts';
import { sendResults } from './results.ts';

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
  const path = '/analyze/batches/:batchId';

  app.post('/analyze/batches', does('batches.create'), async (request, reply) => {
    const batch = takeBatch(request.body, state);
    webhooks.announceAtEnd(batch);
    return reply.code(201).send(createdBody(batch, state));
  });

  app.get('/analyze/batches', does('batches.list'), (request) => listBatches(request.query, state));

  app.get<BatchRoute>(path, does('batches.retrieve'), (request) =>
    currentBody(findBatch(request, state), state),
  );

  app.get<BatchRoute>(`${path}/results`, does('batches.results'), async (request, reply) =>
    sendResults(findBatch(request, state), state, reply),
  );

  app.post<BatchRoute>(`${path}/cancel`, does('batches.cancel'), async (request, reply) => {
    const batch = findBatch(request, state);
    cancelBatch(batch, state);
    webhooks.announceAtEnd(batch);
    return reply.code(202).send(currentBody(batch, state));
  });

  app.delete<BatchRoute>(path, does('batches.delete'), async (request, reply) => {
    deleteBatch(findBatch(request, state), state);
    return reply.code(Number(state.switches.deleteStatus)).send();
  });
}

function findBatch(request: FastifyRequest<BatchRoute>, state: BoxState): Batch {
  const { batchId } = request.params;
  const batch = state.batch(batchId);
  if (!batch) throw noSuchResource('batch', batchId);
  return batch;
}

function takeBatch(body: unknown, state: BoxState): Batch {
  if (!state.limits.batchesAllowed) {
    throw new ApiError(403, 'api_allowed_for_paid_plan', 'Batches are for paid plans only.');
  }
  state.rates.take('analyzeRequests', state.limits, state.clock.nowMs());
  return createBatch(readBatchRequest(body, state.settings), state);
}

function listBatches(query: unknown, state: BoxState): object {
  const { status, analysis_mode: modes, ...page } = readParameters(listQuery, query);
  const nowMs = state.clock.nowMs();
  const listed = state
    .batches()
    .filter((batch) => batch.createdAtMs <= nowMs - state.switches.listLagMs)
    .filter((batch) => status?.includes(batchStatus(batch, nowMs)) ?? true)
    .filter((batch) => modes?.includes(batch.analysisMode) ?? true);
  return pageOf(listed, page, (batch) => currentBody(batch, state));
}

function currentBody(batch: Batch, { clock, switches }: BoxState): BatchBody {
  const nowMs = clock.nowMs();
  return batchBody(batch, nowMs, nowMs - switches.countersLagMs);
}

/** Canceling twice is not documented: what comes of it is a switch. */
function cancelBatch(batch: Batch, state: BoxState): void {
  const nowMs = state.clock.nowMs();
  if (isOver(batch, nowMs)) {
    const { status } = batch.end;
    throw new ApiError(409, `batch_${status}`, `The batch is already ${status}.`);
  }
  if (batch.cancelRequestedAtMs === undefined) {
    batch.cancelRequestedAtMs = nowMs;
    batch.end = planEnd(batch, state.timing.batchCancelingMs);
  } else if (state.switches.cancelTwice === 'refused') {
    throw new ApiError(409, 'batch_canceled', 'The batch is already being canceled.');
  }
}

function deleteBatch(batch: Batch, state: BoxState): void {
  if (!isOver(batch, state.clock.nowMs())) {
    const message = 'Only a completed, canceled or expired batch can be deleted.';
    throw new ApiError(409, 'batch_not_terminal', message);
  }
  state.deleteBatch(batch);
}

/** Items are to be told apart by their custom ids: their order is not documented. */
function createdBody(batch: Batch, { clock, switches }: BoxState): object {
  const items = batch.items.map(({ taskId, customId }) => ({
    task_id: taskId,
    custom_id: customId,
  }));
  return {
    batch_id: batch.batchId,
    status: batchStatus(batch, clock.nowMs()),
    total_items: batch.items.length,
    created_at: new Date(batch.createdAtMs).toISOString(),
    expires_at: new Date(batch.expiresAtMs).toISOString(),
    items: switches.createdItemsOrder === 'requested' ? items : items.toReversed(),
  };
}

import type { FastifyInstance } from 'fastify';
import { noSuchResource } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { simulateAnalysis } from '../simulation/simulate-analysis.ts';
import type { BoxState } from '../state.ts';
import { type Batch, type BatchItem, itemState } from './batch.ts';

/** Serves /analyze/tasks: the items of batches, one by one. */
export function serveTasks(app: FastifyInstance, state: BoxState): void {
  app.get<{ Params: { taskId: string } }>(
    '/analyze/tasks/:taskId',
    does('tasks.retrieve'),
    (request) => {
      const task = state.task(request.params.taskId);
      if (!task) throw noSuchResource('task', request.params.taskId);
      return taskBody(task.batch, task.item, state.clock.nowMs());
    },
  );
}

function taskBody(batch: Batch, item: BatchItem, nowMs: number): object {
  const { status, atMs, error } = itemState(batch, item, nowMs);
  const { prompt, ...settings } = item.settings;
  return {
    task_id: item.taskId,
    custom_id: item.customId,
    batch_id: batch.batchId,
    video_source: {
      type: 'asset_id',
      asset_id: item.assetId,
      system_metadata: { duration: item.facts.durationSeconds },
    },
    request_params: {
      analysis_mode: batch.analysisMode,
      ...(prompt && { prompt_v2: prompt }),
      ...settings,
    },
    status,
    created_at: new Date(batch.createdAtMs).toISOString(),
    ...(atMs !== undefined && { completed_at: new Date(atMs).toISOString() }),
    ...(status === 'ready' && { result: simulateAnalysis(batch.analysisMode, item) }),
    ...(error && { error }),
  };
}

import { simulateAnalysis } from '../simulation/simulate-analysis.ts';
import type { BoxSwitches } from '../switches.ts';
import { type Batch, type BatchItem, itemState } from './batch.ts';
import { requestParams } from './request-params.ts';
import { failureBody } from './result-line.ts';

/** An item of a batch, as the task that it is. */
export interface Task {
  readonly batch: Batch;
  readonly item: BatchItem;
}

/** A task on the wire: whole, or as the list shortens it. */
export function taskBody(
  { batch, item }: Task,
  nowMs: number,
  switches: BoxSwitches,
  form: 'whole' | 'short',
): object {
  const { status, atMs } = itemState(batch, item, nowMs);
  const error = taskError({ batch, item }, nowMs, switches);
  return {
    task_id: item.taskId,
    custom_id: item.customId,
    batch_id: batch.batchId,
    video_source: {
      type: 'asset_id',
      asset_id: item.assetId,
      system_metadata: { duration: item.facts.durationSeconds },
    },
    request_params: requestParams(batch.analysisMode, item.settings, form),
    status,
    created_at: new Date(batch.createdAtMs).toISOString(),
    ...(atMs !== undefined && { completed_at: new Date(atMs).toISOString() }),
    ...(status === 'ready' && { result: simulateAnalysis(batch.analysisMode, item) }),
    ...(error && { error }),
    ...(item.webhooks && { webhooks: item.webhooks.map((each) => ({ ...each })) }),
  };
}

/** Why it failed or was canceled, or the warning that it is not whole. */
function taskError(
  { batch, item }: Task,
  nowMs: number,
  switches: BoxSwitches,
): object | undefined {
  const { status, error } = itemState(batch, item, nowMs);
  if (status === 'ready' && item.isTruncated) {
    const message =
      'output truncated: the generation reached the configured max_tokens. ' +
      'The partial output is returned.';
    return { message };
  }
  return status === 'failed' && error ? failureBody(error, switches) : error;
}

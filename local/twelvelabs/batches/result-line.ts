import { faultKinds } from '../faults/fault.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { simulateAnalysis } from '../simulation/simulate-analysis.ts';
import type { BoxSwitches } from '../switches.ts';
import { type Batch, type BatchItem, type ItemError, type ItemStatus, itemState } from './batch.ts';

/** A line of the results on the wire. */
export interface ResultLine {
  readonly task_id: string;
  readonly custom_id: string | null;
  readonly status: ItemStatus;
  readonly data?: object;
  readonly error?: object;
}

/** The line of an item in the results, as of a moment. */
export function resultLine(
  batch: Batch,
  item: BatchItem,
  nowMs: number,
  switches: BoxSwitches,
): ResultLine {
  const { status, error } = itemState(batch, item, nowMs);
  return {
    task_id: item.taskId,
    custom_id: item.customId,
    status,
    ...(status === 'ready' && { data: simulateAnalysis(batch.analysisMode, item) }),
    ...(status === 'failed' && error && { error: failureBody(error, switches) }),
  };
}

/** The reason of a failure; whether it has a code is a switch. */
export function failureBody({ code, message }: ItemError, { itemErrorCode }: BoxSwitches): object {
  return itemErrorCode === 'present' ? { code, message } : { message };
}

/** What is written for a line, with the faults that strike it now: no line, one, or several. */
export function spoilLine(line: ResultLine, item: BatchItem, faults: FaultPlan): string[] {
  const { taskId, customId, assetId, filename } = item;
  const subject = { taskId, customId, assetId, filename };
  const struck = new Set(faults.strike(faultKinds.line, subject).map((fault) => fault.kind));
  const text = JSON.stringify(line);
  const written = struck.has('garble-line') ? text.slice(0, Math.ceil(text.length / 2)) : text;
  return [
    ...(struck.has('drop-line') ? [] : [written]),
    ...(struck.has('double-line') ? [written] : []),
    ...(struck.has('unknown-line') ? [JSON.stringify(strangeLine(line))] : []),
    ...(struck.has('blank-line') ? [''] : []),
  ];
}

/** The same line, as if it were of an item that nobody asked for. */
function strangeLine(line: ResultLine): ResultLine {
  const taskId = [...line.task_id].reverse().join('');
  return { ...line, task_id: taskId, custom_id: `unknown_${taskId}` };
}

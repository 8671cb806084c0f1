import type { Analysis } from '../../../shared/analysis.ts';
import type { CollectorWorld } from '../../support/collector-world.ts';
import type { ArchiveLook } from './archive-look.ts';
import type { End } from './lines.ts';
import { briefly } from './same.ts';
import type { PlacedLine } from './stream.ts';

/** Codes that the same video would meet again. */
const HOPELESS = ['video_file_broken', 'parameter_invalid'];
/** So often may it fail, and so often may it not have been its turn. */
const MOST = { failed: 3, canceled: 20 };

/** @returns what is wrong with an analysis that ended without an answer, by one of these lines */
export function wrongWithEnd(
  row: Analysis,
  world: CollectorWorld,
  lines: readonly PlacedLine[],
  look: ArchiveLook,
): string[] {
  const line = lines.find(({ bytes }) => look.holds(row.archived, bytes));
  if (line?.said.kind !== 'over') return ['its line is not where its row says'];
  const before = world.analyses.find(({ pk }) => pk === row.pk);
  const { setbacks = 0, notRun = 0 } = before ?? {};
  const expected = expectedAfter(line.said.end, { setbacks, notRun }, world.batchId);
  const found: Record<string, unknown> = {
    state: row.state,
    stage: row.stage,
    code: row.reason?.code,
    taskId: row.taskId,
    setbacks: row.setbacks,
    notRun: row.notRun ?? 0,
    parentBatchId: row.parentBatchId,
    result: row.result,
  };
  return Object.entries(expected)
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => `its ${name} is ${briefly(found[name])}, not ${briefly(value)}`);
}

function expectedAfter(
  { status, code, taskId }: End,
  before: { readonly setbacks: number; readonly notRun: number },
  batchId: string,
) {
  const counted = {
    setbacks: before.setbacks + (status === 'failed' ? 1 : 0),
    notRun: before.notRun + (status === 'canceled' ? 1 : 0),
  };
  const times = status === 'failed' ? counted.setbacks : counted.notRun;
  const goesOn = times < MOST[status] && !(status === 'failed' && HOPELESS.includes(code ?? ''));
  const words = { taskId, code: code ?? `analysis_${status}`, result: undefined };
  if (!goesOn) return { ...words, state: 'failed', stage: undefined, ...before };
  const back = { state: 'queued', stage: 'submit-batches', parentBatchId: batchId };
  return { ...words, ...counted, ...back };
}

/** @returns what is wrong with an analysis that was given up: a day was over, and nothing told of it */
export function wrongWithGivenUp(row: Analysis, lines: readonly PlacedLine[]): string[] {
  const hasNotRun = lines.some(({ said }) => said.kind === 'open' && said.status === 'queued');
  const code = hasNotRun ? 'never_ran' : 'result_missing';
  const isRight =
    row.reason?.code === code &&
    row.result === undefined &&
    (row.state === 'failed' || (hasNotRun && row.state === 'queued'));
  return isRight ? [] : [`given up as ${row.state}, ${briefly(row.reason)} instead of ${code}`];
}

import { type Analysis, type AnalysisResult, isCustomIdOf } from '../../shared/analysis.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import { decode, MalformedMessageError } from '../../shared/decode.ts';
import type { Line } from '../../shared/jsonl.ts';
import { UnstorableError } from '../../shared/store/table.ts';
import { type ResultLine, resultLine } from '../../shared/twelvelabs/schemas.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { type Fate, judgeLine } from './judge-line.ts';
import { readAnswer } from './read-answer.ts';

/** A result whose line is longer goes into the row as a pointer: every later write pays for it again. */
const MAX_INLINE_BYTES = 32 * 1024;

/** What a line is taken in the light of. */
export interface LineContext {
  readonly batch: Batch;
  /** The batch's analyses that are not settled yet, by `custom_id`. */
  readonly open: ReadonlyMap<string, Analysis>;
  /** Where this reading is archived; undefined while the batch may still change. */
  readonly archiveKey: string | undefined;
  readonly deps: CollectResultsDeps;
}

/** What became of a line. */
export interface TakenLine {
  /** It could be read, and its `custom_id` was given in this batch. */
  readonly isOurs: boolean;
  readonly customId?: string;
  /** For a result that its row can't hold: the write to make once the archive holds the line. */
  readonly writePointer?: () => Promise<void>;
}

/**
 * Takes one line of the results: settles the analysis it names, or leaves it open. A line that can't
 * be read, or names none of the batch's open analyses, changes nothing and stops nothing.
 */
export async function takeLine(line: Line, context: LineContext): Promise<TakenLine> {
  const { batch, open, deps } = context;
  const result = readLine(line, context);
  const customId = result?.custom_id ?? undefined;
  const taken = { isOurs: isCustomIdOf(batch.batchId, customId), ...(customId && { customId }) };
  const analysis = result && open.get(customId ?? '');
  if (!analysis) return taken;
  const fate = judgeLine(result, analysis);
  const { waitingRoom } = deps;
  const { task_id: taskId } = result;
  switch (fate.kind) {
    case 'ready':
      return { ...taken, ...(await keep(taskId, fate.data, analysis, line, context)) };
    case 'again': {
      const set = { reason: fate.reason, taskId, setbacks: analysis.setbacks + 1 };
      await waitingRoom.move(analysis, backInQueue(analysis, batch, deps.now(), set));
      return taken;
    }
    case 'failed':
      await waitingRoom.move(analysis, { to: 'failed', set: { reason: fate.reason, taskId } });
      return taken;
    case 'open':
      deps.log.info('line_left_open', { batchId: batch.batchId, customId: analysis.customId });
      return taken;
  }
}

function readLine(
  { bytes, offsetBytes }: Line,
  { batch, deps }: LineContext,
): ResultLine | undefined {
  try {
    return decode(resultLine, new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    deps.log.error('line_unreadable', {
      batchId: batch.batchId,
      offsetBytes,
      lengthBytes: bytes.length,
      error: error.message,
    });
    return undefined;
  }
}

type Data = Extract<Fate, { kind: 'ready' }>['data'];

async function keep(
  taskId: string,
  data: Data,
  analysis: Analysis,
  { bytes, offsetBytes }: Line,
  { batch, archiveKey, deps }: LineContext,
): Promise<Pick<TakenLine, 'writePointer'>> {
  const profile = deps.profiles.find(({ name }) => name === analysis.profile);
  const { result, segments } = readAnswer(data.data, analysis, profile);
  const facts = {
    taskId,
    reason: undefined,
    ...(data.finish_reason && { finishReason: data.finish_reason }),
    ...(data.usage && { usage: usageOf(data.usage) }),
  };
  const become = async (its: AnalysisResult) => {
    await deps.waitingRoom.move(analysis, { to: 'ready', set: { ...facts, result: its } });
  };
  try {
    if (segments) await deps.segments.replace(analysis, segments);
    if (segments || bytes.length <= MAX_INLINE_BYTES) {
      await become(result);
      return {};
    }
  } catch (error) {
    if (!(error instanceof UnstorableError)) throw error;
    deps.log.error('result_unstorable', {
      batchId: batch.batchId,
      offsetBytes,
      error: error.message,
    });
  }
  if (!archiveKey) return {};
  const archived = { archiveKey, offsetBytes, lengthBytes: bytes.length };
  return { writePointer: () => become({ archived }) };
}

function usageOf({ input_tokens, output_tokens }: NonNullable<Data['usage']>) {
  return {
    outputTokens: output_tokens ?? 0,
    ...(typeof input_tokens === 'number' && { inputTokens: input_tokens }),
  };
}

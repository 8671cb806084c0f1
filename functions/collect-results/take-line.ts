import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { decode, MalformedMessageError } from '../../shared/decode.ts';
import type { Line } from '../../shared/jsonl.ts';
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

/**
 * Takes one line of the results: settles the analysis it names, or leaves it open. A line that can't
 * be read or names none of the batch's open analyses changes nothing.
 * @returns for a result too large for its row, the write to make once the archive holds it
 */
export async function takeLine(
  line: Line,
  context: LineContext,
): Promise<(() => Promise<void>) | undefined> {
  const { batch, open, deps } = context;
  const result = readLine(line, context);
  const analysis = result && open.get(result.custom_id ?? '');
  if (!analysis) return undefined;
  const fate = judgeLine(result, analysis);
  switch (fate.kind) {
    case 'ready':
      return await keep(result, fate.data, analysis, line, context);
    case 'again':
      await deps.waitingRoom.move(analysis, {
        to: 'queued',
        inSeconds: (Date.parse(analysis.queuedAt) - deps.now().getTime()) / 1000,
        by: 'clock',
        set: { reason: fate.reason, taskId: result.task_id },
      });
      return undefined;
    case 'failed':
      await deps.waitingRoom.move(analysis, {
        to: 'failed',
        set: { reason: fate.reason, taskId: result.task_id },
      });
      return undefined;
    case 'open':
      deps.log.info('line_left_open', { batchId: batch.batchId, customId: analysis.customId });
      return undefined;
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
  { task_id }: ResultLine,
  data: Data,
  analysis: Analysis,
  { bytes, offsetBytes }: Line,
  { archiveKey, deps }: LineContext,
): Promise<(() => Promise<void>) | undefined> {
  const profile = deps.profiles.find(({ name }) => name === analysis.profile);
  const { result, segments } = readAnswer(data.data, analysis, profile);
  const facts = {
    taskId: task_id,
    reason: undefined,
    ...(data.finish_reason && { finishReason: data.finish_reason }),
    ...(data.usage && { usage: usageOf(data.usage) }),
  };
  if (segments) await deps.segments.replace(analysis, segments);
  if (segments || bytes.length <= MAX_INLINE_BYTES) {
    await deps.waitingRoom.move(analysis, { to: 'ready', set: { ...facts, result } });
    return undefined;
  }
  if (!archiveKey) return undefined;
  const archived = { archiveKey, offsetBytes, lengthBytes: bytes.length };
  return async () => {
    await deps.waitingRoom.move(analysis, { to: 'ready', set: { ...facts, result: { archived } } });
  };
}

function usageOf({ input_tokens, output_tokens }: NonNullable<Data['usage']>) {
  return {
    outputTokens: output_tokens ?? 0,
    ...(typeof input_tokens === 'number' && { inputTokens: input_tokens }),
  };
}

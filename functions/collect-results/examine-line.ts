import { createHash } from 'node:crypto';
import { type Analysis, isCustomIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { decode, MalformedMessageError } from '../../shared/decode.ts';
import { type Line, MAX_LINE_BYTES } from '../../shared/jsonl.ts';
import { type ResultLine, resultLine } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';
import { type Fate, judgeLine } from './judge-line.ts';

/** What a line of a batch's results turns out to be. */
export type Finding =
  /** It settles an analysis that is open. */
  | { readonly kind: 'settles'; readonly settlement: Settlement }
  /** It is about an analysis of the batch, and changes nothing: not final yet, or settled before. */
  | { readonly kind: 'known'; readonly customId: string; readonly status: string }
  /** Nobody can use it: no JSON, no result, or about nothing that is in the batch. */
  | { readonly kind: 'bad'; readonly bad: BadLine };

/** A line that settles an analysis. */
export interface Settlement {
  readonly line: Line;
  readonly analysis: Analysis;
  readonly customId: string;
  readonly status: string;
  readonly taskId: string;
  readonly fate: Exclude<Fate, { kind: 'open' }>;
}

export interface BadLine {
  readonly line: Line;
  readonly reason: Reason;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
}

/** What is known of a batch's analyses while its results are read. */
export interface LineContext {
  readonly batch: Pick<Batch, 'batchId'>;
  /** Those that are not settled yet, by `custom_id`. */
  readonly open: ReadonlyMap<string, Analysis>;
}

/** Finds out what a line is, and decides nothing beyond it. */
export function examineLine(line: Line, { batch, open }: LineContext): Finding {
  const result = readLine(line);
  if (result instanceof MalformedMessageError) {
    return bad(line, { code: 'line_unreadable', message: result.message });
  }
  const { custom_id: customId, status, task_id: taskId } = result;
  if (!customId || !isCustomIdOf(batch.batchId, customId)) {
    const message = `its custom_id is ${JSON.stringify(customId ?? null)}, which is not in this batch`;
    return bad(line, providerReason('line_astray', message));
  }
  const analysis = open.get(customId);
  const fate = analysis && judgeLine(result, analysis);
  if (!analysis || !fate || fate.kind === 'open') return { kind: 'known', customId, status };
  return { kind: 'settles', settlement: { line, analysis, customId, status, taskId, fate } };
}

function bad(line: Line, reason: Reason): Finding {
  const sha256 = createHash('sha256').update(line.bytes).digest('hex');
  return { kind: 'bad', bad: { line, reason, sha256 } };
}

function readLine({ bytes, isCut }: Line): ResultLine | MalformedMessageError {
  if (isCut) return new MalformedMessageError(`longer than ${MAX_LINE_BYTES} bytes`);
  try {
    return decode(resultLine, utf8(bytes));
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return error;
  }
}

/** @throws MalformedMessageError rather than put other characters in the place of broken ones */
function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedMessageError('not UTF-8');
  }
}

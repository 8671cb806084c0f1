import { createHash } from 'node:crypto';
import { type Analysis, isCustomIdOf } from '../../shared/analysis.ts';
import { MalformedMessageError } from '../../shared/decode.ts';
import { type Line, MAX_LINE_BYTES } from '../../shared/jsonl.ts';
import { readResultLine } from '../../shared/twelvelabs/result-line.ts';
import type { ResultLine } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';
import { type Fate, judgeLine } from './judge-line.ts';

/** What a line of a batch's results turns out to be. */
export type Finding =
  /** It settles an analysis that is open. */
  | { readonly kind: 'settles'; readonly settlement: Settlement }
  /** It is about an item of the batch, and changes nothing: not final yet, or settled before. */
  | { readonly kind: 'known'; readonly customId: string; readonly status: string }
  /** An answer, and so paid, that no row takes: of an analysis that ended before, or has gone. */
  | { readonly kind: 'unclaimed'; readonly customId: string; readonly aside: LineAside }
  /** Nobody can use it: no JSON, no result, or about nothing that is in the batch. */
  | { readonly kind: 'bad'; readonly aside: LineAside };

/** A line that settles an analysis. */
export interface Settlement {
  readonly line: Line;
  readonly analysis: Analysis;
  readonly customId: string;
  readonly status: string;
  readonly taskId: string | undefined;
  readonly fate: Exclude<Fate, { kind: 'open' }>;
}

/** A line for the quarantine. */
export interface LineAside {
  readonly line: Line;
  readonly reason: Reason;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
  /** It is a whole answer, which is paid. */
  readonly isAnswer?: true;
}

/** What is known of a batch's analyses while its results are read. */
export interface LineContext {
  readonly batchId: string;
  /** Those that are not settled yet, by `custom_id`. */
  readonly open: ReadonlyMap<string, Analysis>;
  /** Those that have been settled, likewise. */
  readonly settled: ReadonlyMap<string, Analysis>;
}

/** Finds out what a line is, and decides nothing beyond it. */
export function examineLine(line: Line, { batchId, open, settled }: LineContext): Finding {
  const result = resultIn(line);
  if (result instanceof MalformedMessageError) {
    return { kind: 'bad', aside: aside(line, 'line_unreadable', result.message) };
  }
  const { custom_id: customId, status } = result;
  if (!customId || !isCustomIdOf(batchId, customId)) {
    const message = `its custom_id is ${JSON.stringify(customId ?? null)}, which is not in this batch`;
    return { kind: 'bad', aside: aside(line, 'line_astray', message) };
  }
  const analysis = open.get(customId);
  if (analysis) {
    const fate = judgeLine(result, analysis);
    const taskId = result.task_id ?? undefined;
    return fate.kind === 'open'
      ? { kind: 'known', customId, status }
      : { kind: 'settles', settlement: { line, analysis, customId, status, taskId, fate } };
  }
  const state = settled.get(customId)?.state ?? 'gone';
  // In this very reading, or by another collector meanwhile.
  const isTaken = state === 'ready' || state === 'submitted' || state === 'submitting';
  if (status !== 'ready' || !result.data || isTaken) {
    return { kind: 'known', customId, status };
  }
  const message = `an answer to an analysis that is ${state} by now: it is paid, and kept here`;
  const unclaimed = { ...aside(line, 'answer_unclaimed', message), isAnswer: true } as const;
  return { kind: 'unclaimed', customId, aside: unclaimed };
}

function aside(line: Line, code: string, message: string): LineAside {
  const sha256 = createHash('sha256').update(line.bytes).digest('hex');
  return { line, reason: providerReason(code, message), sha256 };
}

function resultIn({ bytes, isCut }: Line): ResultLine | MalformedMessageError {
  if (isCut) return new MalformedMessageError(`longer than ${MAX_LINE_BYTES} bytes`);
  try {
    return readResultLine(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return error;
  }
}

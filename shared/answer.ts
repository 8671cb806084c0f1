import * as z from 'zod';
import type { Analysis, AnalysisResult } from './analysis.ts';
import { decode, MalformedMessageError } from './decode.ts';
import type { Segment, SegmentStore } from './store/segments.ts';
import { UnstorableError } from './store/table.ts';

/** An answer as it can be kept: on the analysis row, and for a segmentation as rows of its own. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string; readonly unparsedBecause?: string }
  | { readonly kind: 'json'; readonly json: z.core.util.JSONType }
  | { readonly kind: 'segments'; readonly segments: readonly Segment[] };

/** What an analysis asked for: it tells how its answer is to be read. */
export type Asked = Pick<Analysis, 'analysisMode' | 'asksForJson'>;

/** A result whose line is longer is not in its row: every later write would pay for it again. */
const MAX_INLINE_BYTES = 32 * 1024;
/** DynamoDB nests 32 levels deep; the row and its `result` take some of them. */
const MAX_LEVELS = 28;
/** DynamoDB keeps no number nearer to 0, and its client writes none beyond the safe integers. */
const MIN_MAGNITUDE = 1e-130;

/** JSON that a row can hold: what can't be written would never come to an end. */
const json = z.custom<z.core.util.JSONType>(
  (value) => isStorable(value, MAX_LEVELS),
  'nests too deep for a row, or holds a number out of its range',
);
const seconds = z.number().refine((it) => isStorable(it, 0), 'is out of the range of a row');

/** `{"<definition id>": [{"start_time": s, "end_time": s, "metadata": {…}}]}` (Analyze: time_based_metadata) */
const segmentLists = z.record(
  z.string(),
  z.array(
    z.object({
      start_time: seconds,
      end_time: seconds,
      metadata: z.record(z.string(), json).nullish(),
    }),
  ),
);

/** What the model's answer holds. An answer that should be JSON and is not is kept as the text it is. */
export function readAnswer(data: string, { analysisMode, asksForJson }: Asked): Answer {
  try {
    if (analysisMode === 'time_based_metadata') {
      return { kind: 'segments', segments: segmentsOf(decode(segmentLists, data)) };
    }
    return asksForJson ? { kind: 'json', json: decode(json, data) } : { kind: 'text', text: data };
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return { kind: 'text', text: data, unparsedBecause: error.message };
  }
}

/**
 * Keeps an answer: its segments, if it has any, as rows of their own, then by `write` what the row
 * of the analysis says of it. What no row can hold is in the archive, and the row says so.
 */
export async function keepAnswer(
  data: string,
  analysis: Analysis,
  lineBytes: number,
  segmentStore: Pick<SegmentStore, 'replace'>,
  write: (result: AnalysisResult) => Promise<void>,
): Promise<void> {
  const answer = readAnswer(data, analysis);
  try {
    if (analysis.analysisMode === 'time_based_metadata') {
      await segmentStore.replace(analysis, answer.kind === 'segments' ? answer.segments : []);
    }
    await write(resultOf(answer, lineBytes));
  } catch (error) {
    if (!(error instanceof UnstorableError)) throw error;
    if (answer.kind === 'segments') await segmentStore.replace(analysis, []);
    const unparsedBecause = error.message.slice(0, 1_000);
    await write({ inArchive: answer.kind, lengthBytes: lineBytes, unparsedBecause });
  }
}

function resultOf(answer: Answer, lineBytes: number): AnalysisResult {
  if (answer.kind === 'segments') return { segmentCount: answer.segments.length };
  const { kind, ...content } = answer;
  if (lineBytes <= MAX_INLINE_BYTES) return content;
  const why = 'unparsedBecause' in content && { unparsedBecause: content.unparsedBecause };
  return { inArchive: kind, lengthBytes: lineBytes, ...why };
}

function segmentsOf(lists: z.infer<typeof segmentLists>): Segment[] {
  return Object.entries(lists).flatMap(([definition, list]) =>
    list.map(({ start_time, end_time, metadata }) => ({
      definition,
      startSeconds: start_time,
      endSeconds: end_time,
      fields: metadata ?? {},
    })),
  );
}

function isStorable(value: unknown, levels: number): boolean {
  if (typeof value === 'number') {
    const magnitude = Math.abs(value);
    return value === 0 || (magnitude >= MIN_MAGNITUDE && magnitude <= Number.MAX_SAFE_INTEGER);
  }
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((it) => isStorable(it, levels - 1));
}

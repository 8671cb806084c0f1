import * as z from 'zod';
import type { Analysis, AnalysisResult } from '../../shared/analysis.ts';
import { decode, MalformedMessageError } from '../../shared/decode.ts';
import type { Profile } from '../../shared/profile.ts';
import type { Segment } from '../../shared/store/segments.ts';

/** An answer as it will be kept: on the analysis row, and for a segmentation as rows of its own. */
export interface Answer {
  readonly result: AnalysisResult;
  readonly segments?: readonly Segment[];
}

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
export function readAnswer(
  data: string,
  analysis: Pick<Analysis, 'analysisMode'>,
  profile: Profile | undefined,
): Answer {
  try {
    if (analysis.analysisMode === 'time_based_metadata') {
      const segments = segmentsOf(decode(segmentLists, data));
      return { result: { segmentCount: segments.length }, segments };
    }
    const asksForJson = profile?.analysis_mode === 'general' && profile.json_schema !== undefined;
    return { result: asksForJson ? { json: decode(json, data) } : { text: data } };
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return { result: { text: data, unparsedBecause: error.message } };
  }
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

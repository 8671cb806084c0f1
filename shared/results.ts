import type { Analysis, AnalysisResult } from './analysis.ts';
import { type Answer, readAnswer } from './answer.ts';
import type { ArchiveReader } from './archive.ts';
import { lineOf, unpackLines } from './archive-format.ts';
import { decode } from './decode.ts';
import { PipelineError } from './errors.ts';
import type { Segment, SegmentStore } from './store/segments.ts';
import type { Store } from './store/store.ts';
import { resultLine } from './twelvelabs/schemas.ts';
import type { Video } from './video.ts';

/** An analysis with its answer whole, wherever it lies. */
export interface WholeAnalysis extends Omit<Analysis, 'result'> {
  readonly result?: WholeResult;
}

export type WholeResult =
  | Exclude<AnalysisResult, { readonly inArchive: string } | { readonly segmentCount: number }>
  | { readonly segments: readonly Segment[] };

export interface ResultsDeps {
  readonly store: Pick<Store, 'ofVideo'>;
  readonly segments: Pick<SegmentStore, 'read'>;
  readonly archive: Pick<ArchiveReader, 'readMember'>;
}

/** Thrown when a row points to a line that its archive does not hold. */
export class LineMissingError extends PipelineError {
  override readonly name = 'LineMissingError';
  readonly code = 'line_missing';
  readonly retryable = false;
}

/** All that is known of a key, each result whole, however large it is. */
export async function resultsOf(
  bucket: string,
  key: string,
  deps: ResultsDeps,
): Promise<{ readonly video: Video | undefined; readonly analyses: readonly WholeAnalysis[] }> {
  const rows = await deps.store.ofVideo(bucket, key);
  const analyses = rows.filter((it) => it.kind === 'analysis');
  return {
    video: rows.find((it) => it.kind === 'video'),
    analyses: await Promise.all(analyses.map((it) => wholeAnalysis(it, deps))),
  };
}

/** @throws LineMissingError */
async function wholeAnalysis(
  { result, ...facts }: Analysis,
  deps: ResultsDeps,
): Promise<WholeAnalysis> {
  if (!result) return facts;
  if ('inArchive' in result) {
    const { kind: _, ...answer } = await answerInArchive(facts, deps);
    return { ...facts, result: answer };
  }
  if (!('segmentCount' in result)) return { ...facts, result };
  return { ...facts, result: { segments: await deps.segments.read(facts) } };
}

async function answerInArchive(
  analysis: Omit<Analysis, 'result'>,
  { archive }: ResultsDeps,
): Promise<Answer> {
  const { archived, customId = '' } = analysis;
  const lines = archived ? await unpackLines(await archive.readMember(archived)) : [];
  const line = lineOf(customId, lines);
  const { data } = line ? decode(resultLine, new TextDecoder().decode(line.bytes)) : {};
  if (!data) {
    throw new LineMissingError(`${archived?.archiveKey} holds no answer for ${customId}`);
  }
  return readAnswer(data.data, analysis);
}

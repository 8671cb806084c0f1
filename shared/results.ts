import type { Analysis, AnalysisResult } from './analysis.ts';
import { type Answer, readAnswer } from './answer.ts';
import type { ArchiveReader } from './archive.ts';
import { unpackLines } from './archive-format.ts';
import { messageOf, PipelineError } from './errors.ts';
import type { Segment, SegmentStore } from './store/segments.ts';
import type { Store } from './store/store.ts';
import { answerAmong } from './twelvelabs/result-line.ts';
import type { Video } from './video.ts';

/** An analysis with its answer whole, wherever it lies. */
export interface WholeAnalysis extends Omit<Analysis, 'result'> {
  readonly result?: WholeResult;
}

export type WholeResult =
  | Exclude<AnalysisResult, { readonly inArchive: string } | { readonly segmentCount: number }>
  | { readonly segments: readonly Segment[] }
  /** What its row says of it can't be had; the words tell why. */
  | { readonly unreadableBecause: string };

export interface ResultsDeps {
  readonly store: Pick<Store, 'ofVideo'>;
  readonly segments: Pick<SegmentStore, 'read'>;
  readonly archive: Pick<ArchiveReader, 'readMember'>;
}

/** What is known of a key. */
export interface Results {
  readonly video: Video | undefined;
  readonly analyses: readonly WholeAnalysis[];
}

/** Thrown when a row points to a line that its archive does not hold. */
class LineMissingError extends PipelineError {
  override readonly name = 'LineMissingError';
  readonly code = 'line_missing';
  readonly retryable = false;
}

/** All that is known of a key, or of it by one profile, each result whole, however large it is. */
export async function resultsOf(
  { bucket, key, profile }: { bucket: string; key: string; profile?: string | undefined },
  deps: ResultsDeps,
): Promise<Results> {
  const rows = await deps.store.ofVideo(bucket, key);
  const analyses = rows.filter((it) => it.kind === 'analysis');
  const chosen = analyses.filter((it) => profile === undefined || it.profile === profile);
  return {
    video: rows.find((it) => it.kind === 'video'),
    analyses: await Promise.all(chosen.map((it) => wholeAnalysis(it, deps))),
  };
}

async function wholeAnalysis(
  { result, ...facts }: Analysis,
  deps: ResultsDeps,
): Promise<WholeAnalysis> {
  if (!result) return facts;
  try {
    return { ...facts, result: await wholeResult(result, facts, deps) };
  } catch (error) {
    // One that is damaged must not keep the others from being read.
    return { ...facts, result: { unreadableBecause: messageOf(error) } };
  }
}

async function wholeResult(
  result: AnalysisResult,
  analysis: Omit<Analysis, 'result'>,
  deps: ResultsDeps,
): Promise<WholeResult> {
  if ('segmentCount' in result) {
    const segments = await deps.segments.read(analysis);
    if (segments.length === result.segmentCount) return { segments };
  } else if (!('inArchive' in result)) {
    return result;
  }
  // Too large for its row, or rows of it are gone: the archive has it all.
  const { kind: _, ...answer } = await answerInArchive(analysis, deps);
  return answer;
}

/** @throws LineMissingError */
async function answerInArchive(
  analysis: Omit<Analysis, 'result'>,
  { archive }: ResultsDeps,
): Promise<Answer> {
  const { archived, customId = '' } = analysis;
  const lines = archived ? await unpackLines(await archive.readMember(archived)) : [];
  const answer = answerAmong(lines, customId);
  if (answer) return readAnswer(answer.data, analysis);
  throw new LineMissingError(`${archived?.archiveKey} holds no answer for ${customId}`);
}

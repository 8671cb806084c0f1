import type * as z from 'zod';
import type { Analysis, AnalysisResult } from './analysis.ts';
import { MalformedMessageError } from './decode.ts';
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
export const MAX_INLINE_BYTES = 32 * 1024;
/** DynamoDB nests 32 levels deep; the row and its `result` take some of them. */
const MAX_LEVELS = 28;
/** DynamoDB keeps no number nearer to 0, and its client writes none beyond the safe integers. */
const MIN_MAGNITUDE = 1e-130;
/** A reason on a row is no longer. */
const MAX_WORDS = 1_000;

/** What the model's answer holds. An answer that should be JSON and is not is kept as the text it is. */
export function readAnswer(data: string, { analysisMode, asksForJson }: Asked): Answer {
  try {
    if (analysisMode === 'time_based_metadata') {
      return { kind: 'segments', segments: segmentsOf(parsed(data)) };
    }
    return asksForJson
      ? { kind: 'json', json: storable(parsed(data), '') }
      : { kind: 'text', text: data.toWellFormed() };
  } catch (error) {
    // Of a value that is deeper than our stack the language itself says so.
    if (!(error instanceof MalformedMessageError || error instanceof RangeError)) throw error;
    return {
      kind: 'text',
      text: data.toWellFormed(),
      unparsedBecause: error.message.slice(0, MAX_WORDS).toWellFormed(),
    };
  }
}

/**
 * Keeps an answer: its segments, if it has any, as rows of their own, then by `write` what the row
 * of the analysis says of it. What no row can hold is in the archive, and the row says so.
 * @returns what `write` returned
 */
export async function keepAnswer<T>(
  data: string,
  analysis: Analysis,
  lineBytes: number,
  segmentStore: Pick<SegmentStore, 'replace'>,
  write: (result: AnalysisResult) => Promise<T>,
): Promise<T> {
  const answer = readAnswer(data, analysis);
  try {
    if (analysis.analysisMode === 'time_based_metadata') {
      await segmentStore.replace(analysis, answer.kind === 'segments' ? answer.segments : []);
    }
    return await write(resultOf(answer, lineBytes));
  } catch (error) {
    if (!(error instanceof UnstorableError)) throw error;
    if (answer.kind === 'segments') await segmentStore.replace(analysis, []);
    const notInRowBecause = error.message.slice(0, MAX_WORDS).toWellFormed();
    return await write({ ...inArchive(answer, lineBytes), notInRowBecause });
  }
}

function resultOf(answer: Answer, lineBytes: number): AnalysisResult {
  if (answer.kind === 'segments') return { segmentCount: answer.segments.length };
  if (lineBytes > MAX_INLINE_BYTES) return inArchive(answer, lineBytes);
  const { kind: _, ...content } = answer;
  return content;
}

function inArchive(answer: Answer, lineBytes: number) {
  const why = 'unparsedBecause' in answer && { unparsedBecause: answer.unparsedBecause };
  return { inArchive: answer.kind, lengthBytes: lineBytes, ...why };
}

function parsed(data: string): unknown {
  try {
    const mayHoldHalves = /\\u[dD]/.test(data) || !data.isWellFormed();
    return mayHoldHalves ? JSON.parse(data, (_, value) => whole(value)) : JSON.parse(data);
  } catch {
    throw new MalformedMessageError('not JSON');
  }
}

/** Half a character, cut by the model, is no text that a row may hold: U+FFFD takes its place. */
function whole(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/**
 * `{"<definition id>": [{"start_time": s, "end_time": s, "metadata": {…}}]}` (Analyze: time_based_metadata).
 * Read by hand, for it ends at the first thing that is wrong: there may be a hundred thousand.
 */
function segmentsOf(lists: unknown): Segment[] {
  return Object.entries(objectAt(lists, 'top level')).flatMap(([definition, list]) => {
    const isName = definition.isWellFormed();
    if (!isName || !Array.isArray(list)) {
      throw new MalformedMessageError(`${definition.toWellFormed()}: is no list with a name`);
    }
    return list.map((each: unknown, at): Segment => {
      const path = `${definition}.${at}`;
      const { start_time, end_time, metadata } = objectAt(each, path);
      return {
        definition,
        startSeconds: secondsAt(start_time, `${path}.start_time`),
        endSeconds: secondsAt(end_time, `${path}.end_time`),
        fields: objectAt(storable(metadata ?? {}, `${path}.metadata`), `${path}.metadata`),
      };
    });
  });
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new MalformedMessageError(`${path}: is no object`);
}

function secondsAt(value: unknown, path: string): number {
  if (typeof value !== 'number') throw new MalformedMessageError(`${path}: is no number`);
  return storable(value, path);
}

/** JSON that a row can hold. @throws MalformedMessageError that names the first place where it can't */
function storable<T>(value: T, path: string, levels = MAX_LEVELS): T & z.core.util.JSONType {
  const wrong = (what: string) => new MalformedMessageError(`${path || 'top level'}: ${what}`);
  if (typeof value === 'number') {
    const magnitude = Math.abs(value);
    const isKept =
      value === 0 || (magnitude >= MIN_MAGNITUDE && magnitude <= Number.MAX_SAFE_INTEGER);
    if (!isKept) throw wrong('a number out of the range of a row');
  }
  if (typeof value === 'object' && value !== null) {
    if (levels === 0) throw wrong('nests too deep for a row');
    for (const [name, each] of Object.entries(value)) {
      // The SDK takes an object for what its `constructor` says, and loses a `__proto__`.
      if (name === 'constructor' || name === '__proto__') throw wrong(`a key ${name}`);
      if (!name.isWellFormed()) throw wrong('a key with half a character');
      storable(each, path ? `${path}.${name}` : name, levels - 1);
    }
  }
  return value as T & z.core.util.JSONType;
}

import type { Analysis } from '../../../shared/analysis.ts';
import { resultsOf } from '../../../shared/results.ts';
import { createSegmentStore } from '../../../shared/store/segments.ts';
import type { Item } from '../../../shared/store/table.ts';
import type { CollectorWorld } from '../../support/collector-world.ts';
import type { SaidSegment } from './answers.ts';
import type { Ready } from './lines.ts';
import { briefly, isSame } from './same.ts';

/** A longer line is not in its row. */
const LONGEST_INLINE_BYTES = 32 * 1024;

/** @returns what is wrong with the row of an analysis that is ready by such a line, in words */
export async function wrongWithReady(
  row: Analysis,
  segmentRows: readonly Item[],
  { answer, taskId, finishReason, usage }: Ready,
  lineBytes: number,
  world: CollectorWorld,
): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown) => {
    if (isSame(found, expected)) return;
    wrong.push(`its ${what} is ${briefly(found)}, not ${briefly(expected)}`);
  };
  expect('task', row.taskId, taskId);
  expect('finish reason', row.finishReason, finishReason);
  expect('usage', row.usage, usage);
  expect('reason', row.reason, undefined);
  expect('stage', row.stage, undefined);
  const { kept } = answer;
  const result = (row.result ?? {}) as Record<string, unknown>;
  const isLong = lineBytes > LONGEST_INLINE_BYTES && kept.kind !== 'segments';
  const isElsewhere = kept.kind === 'unstorable' || isLong;
  if (isElsewhere) expect('length', result['lengthBytes'], lineBytes);
  const whole = isElsewhere ? await wholeResult(row, world) : result;
  switch (kept.kind) {
    case 'text':
      expect('result', whole, { text: kept.text });
      break;
    case 'json':
      expect('result', whole, { json: kept.json });
      break;
    case 'unparsed':
      expect('text', whole['text'], kept.text);
      if (typeof whole['unparsedBecause'] !== 'string')
        wrong.push('it does not say why it is text');
      break;
    case 'segments':
      expect('result', whole, { segmentCount: kept.segments.length });
      break;
    case 'unstorable':
      expect('result', whole, { segments: kept.segments });
      if (typeof result['notInRowBecause'] !== 'string')
        wrong.push('it does not say why it is away');
  }
  const segments = kept.kind === 'segments' ? kept.segments : [];
  return [...wrong, ...wrongWithSegments(row, segmentRows, segments)];
}

async function wholeResult(row: Analysis, world: CollectorWorld): Promise<Record<string, unknown>> {
  const { store, archive, table } = world;
  try {
    const deps = { store, archive, segments: createSegmentStore(table) };
    const { analyses } = await resultsOf(row, deps);
    return { ...analyses.find(({ profile }) => profile === row.profile)?.result };
  } catch (error) {
    return { error: String(error) };
  }
}

/** Row by row: each of them, none beside them, each with its number among those of its definition. */
function wrongWithSegments(
  { profile, customId, videoId, queuedAt }: Analysis,
  rows: readonly Item[],
  segments: readonly SaidSegment[],
): string[] {
  const byDefinition = Map.groupBy(segments, ({ definition }) => definition);
  const expected = [...byDefinition].flatMap(([definition, its]) =>
    its.map(({ startSeconds, endSeconds, fields }, at) => ({
      definition: `${profile}/${definition}`,
      segmentNumber: at + 1,
      segmentCount: its.length,
      ...{ startSeconds, endSeconds, fields, customId, videoId, queuedAt },
    })),
  );
  const found = new Map(rows.map((row) => [`${row['definition']} ${row['segmentNumber']}`, row]));
  const wrong = expected.filter((each) => {
    const row = found.get(`${each.definition} ${each.segmentNumber}`);
    return !row || !Object.entries(each).every(([name, value]) => isSame(row[name], value));
  });
  const words = wrong
    .slice(0, 1)
    .map((each) => `${wrong.length} segments differ: ${briefly(each)}`);
  if (rows.length !== expected.length)
    words.push(`it has ${rows.length} segments, not ${expected.length}`);
  return words;
}

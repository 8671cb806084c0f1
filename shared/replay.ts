import pMap from 'p-map';
import * as z from 'zod';
import type { Analysis } from './analysis.ts';
import { keepAnswer } from './answer.ts';
import { type ArchiveReader, archivePrefix, BATCHES_PREFIX, ROWS_FILE } from './archive.ts';
import { sha256Of, unpackLines } from './archive-format.ts';
import { describeIssues, parseOrNothing } from './decode.ts';
import { messageOf } from './errors.ts';
import { type Row, row } from './store/row-reader.ts';
import type { SegmentStore } from './store/segments.ts';
import type { Store } from './store/store.ts';
import type { Table } from './store/table.ts';
import { answerAmong } from './twelvelabs/result-line.ts';
import { WRITES_AT_ONCE } from './waiting-room.ts';

export interface ReplayDeps {
  readonly archive: ArchiveReader;
  readonly table: Pick<Table, 'putAll'>;
  readonly store: Pick<Store, 'read' | 'restore'>;
  readonly segments: SegmentStore;
}

/** What became of the rows of one batch. */
export interface Replayed {
  readonly batchId: string;
  /** Rows written as the archive has them: the batch, videos, analyses, lines in quarantine. */
  readonly restored: number;
  /** Rows of which the table knows a later state, or those of a newer upload: left alone. */
  readonly newer: number;
  /** What the archive should hold and does not, in words. */
  readonly damaged: readonly string[];
}

/** The batches of which the archive holds lines, by our ids, in order. */
export async function* archivedBatches({ archive }: Pick<ReplayDeps, 'archive'>) {
  let last: string | undefined;
  for await (const key of archive.list(BATCHES_PREFIX)) {
    const [batchId] = key.slice(BATCHES_PREFIX.length).split('/');
    if (batchId && batchId !== last) yield batchId;
    last = batchId;
  }
}

/**
 * Writes what a batch has settled again, from the archive alone: the results are read anew out of the
 * provider's own lines. Said twice, or over the rows that are there, it changes nothing.
 */
export async function replayBatch(batchId: string, deps: ReplayDeps): Promise<Replayed> {
  const counts = { restored: 0, newer: 0 };
  const count = (done: unknown) => {
    counts[done ? 'restored' : 'newer'] += 1;
  };
  const { rows, quarantined, damaged } = await readRows(batchId, deps);
  const isAnswered = (each: Row) => each.kind === 'analysis' && each.state === 'ready';
  const members = Map.groupBy(
    rows.filter((each): each is Analysis => isAnswered(each)),
    ({ archived }) => JSON.stringify(archived),
  );
  const others = rows.filter((each) => !isAnswered(each));
  await pMap(
    members.values(),
    async (analyses) => damaged.push(...(await replayMember(analyses, count, deps))),
    { concurrency: MEMBERS_AT_ONCE },
  );
  await pMap(others, async (each) => count(await deps.store.restore(each)), {
    concurrency: WRITES_AT_ONCE,
  });
  await deps.table.putAll(quarantined);
  return { batchId, ...counts, restored: counts.restored + quarantined.length, damaged };
}

/** A member holds up to some MB. */
const MEMBERS_AT_ONCE = 8;

const quarantinedRow = z.looseObject({ kind: z.literal('quarantine') });
const anyRow = z.union([row, quarantinedRow]);

/** The rows as they were archived, of those that can be read. */
async function readRows(batchId: string, { archive }: ReplayDeps) {
  const rows: Row[] = [];
  const quarantined: z.infer<typeof quarantinedRow>[] = [];
  const damaged: string[] = [];
  const archiveKey = `${archivePrefix(batchId)}${ROWS_FILE}`;
  try {
    const { bytes, sha256 } = await archive.read(archiveKey);
    const lines = await unpackLines(bytes);
    if (sha256 && sha256 !== sha256Of(lines)) damaged.push(`${archiveKey} is not what was stored`);
    for (const line of lines) {
      const parsed = anyRow.safeParse(parseOrNothing(new TextDecoder().decode(line)));
      if (!parsed.success) damaged.push(`${archiveKey} has a row: ${describeIssues(parsed.error)}`);
      else if (parsed.data.kind === 'quarantine') quarantined.push(parsed.data);
      else rows.push(parsed.data);
    }
  } catch (error) {
    damaged.push(`${archiveKey} can't be read (${messageOf(error)})`);
  }
  return { rows, quarantined, damaged };
}

/** Analyses whose lines share a member. @returns what is missing or broken of them, in words */
async function replayMember(
  analyses: readonly Analysis[],
  count: (done: unknown) => void,
  deps: ReplayDeps,
): Promise<string[]> {
  const { archived } = analyses[0] ?? {};
  if (!archived)
    return analyses.map(({ key, profile }) => `no line is named for ${profile} of ${key}`);
  const { archiveKey, ...member } = archived;
  let lines: Uint8Array[] = [];
  let why = 'has no line';
  try {
    lines = await unpackLines(await deps.archive.readMember(archived));
  } catch (error) {
    why = `at ${JSON.stringify(member)} can't be read (${messageOf(error)})`;
  }
  const lost: string[] = [];
  for (const analysis of analyses) {
    const { key, profile, customId = '' } = analysis;
    const answer = answerAmong(lines, customId);
    if (answer) count(await replayAnswer(analysis, answer.data, answer.lineBytes, deps));
    else lost.push(`${archiveKey} ${why} for ${profile} of ${key}`);
  }
  return lost;
}

/** @returns whether the row was restored, rather than a newer one left alone */
async function replayAnswer(
  analysis: Analysis,
  data: string,
  lineBytes: number,
  { store, segments }: ReplayDeps,
): Promise<boolean> {
  const present = await store.read(analysis);
  if (present?.kind === 'analysis' && isNewer(present, analysis)) return false;
  const restored = await keepAnswer(data, analysis, lineBytes, segments, (result) =>
    store.restore({ ...analysis, result }),
  );
  // A newer upload came in between: its segments are none of these.
  if (!restored && analysis.analysisMode === 'time_based_metadata') {
    await segments.withdraw(analysis);
  }
  return restored !== undefined;
}

function isNewer(present: Analysis, { sequencer, revision }: Analysis): boolean {
  return present.sequencer === sequencer
    ? present.revision > revision
    : present.sequencer > sequencer;
}

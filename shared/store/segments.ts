import type { Analysis } from '../analysis.ts';
import { type RowKey, segmentSk } from './keys.ts';
import type { Item, Table } from './table.ts';

/** One stretch of a video that a segment definition found; times in seconds of the file. */
export interface Segment {
  readonly definition: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type SegmentStore = ReturnType<typeof createSegmentStore>;

/** The segments as rows of their own, beside the video they belong to. */
export function createSegmentStore(table: Table) {
  return {
    /**
     * Makes the segments of an analysis those of this attempt: puts the new ones, then deletes what
     * an earlier attempt left. Said twice it does no harm.
     */
    async replace(analysis: Analysis, segments: readonly Segment[]): Promise<void> {
      const rows = segments.map((segment, ordinal) => segmentRow(analysis, segment, ordinal));
      const fresh = new Set(rows.map(({ sk }) => sk));
      const present = await table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': analysis.pk,
          ':prefix': `SEGMENT#${analysis.profile}#`,
        },
      });
      await table.putAll(rows);
      await table.deleteAll(present.map(keyOf).filter(({ sk }) => !fresh.has(sk)));
    },
  };
}

function segmentRow(analysis: Analysis, segment: Segment, ordinal: number): RowKey & Item {
  const { pk, bucket, key, videoId, profile, customId, queuedAt } = analysis;
  const { definition, startSeconds, endSeconds, fields } = segment;
  return {
    pk,
    sk: segmentSk(profile, definition, startSeconds, ordinal),
    kind: 'segment',
    bucket,
    key,
    videoId,
    profile,
    definition: `${profile}/${definition}`,
    queuedAt,
    startSeconds,
    endSeconds,
    fields,
    customId,
  };
}

function keyOf(item: Item): RowKey {
  return { pk: String(item['pk']), sk: String(item['sk']) };
}

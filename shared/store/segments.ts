import * as z from 'zod';
import type { Analysis } from '../analysis.ts';
import { shortHash } from '../video.ts';
import { type RowKey, segmentPrefix, segmentSk } from './keys.ts';
import type { Item, Table } from './table.ts';

/** One stretch of a video that a segment definition found; times in seconds of the file. */
export interface Segment {
  readonly definition: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Whose segments: those that one attempt of an analysis found. */
export type SegmentOwner = Pick<
  Analysis,
  'pk' | 'bucket' | 'key' | 'videoId' | 'sequencer' | 'profile' | 'customId' | 'queuedAt'
>;

export type SegmentStore = ReturnType<typeof createSegmentStore>;

/**
 * The segments as rows of their own, beside the video they belong to. Those of one answer are a set:
 * each says which it is of how many, so that a set half written or half deleted is no whole one to
 * any reader. Two sets never write over each other.
 */
export function createSegmentStore(table: Table) {
  return {
    /**
     * Makes the segments of a profile those of this answer: puts them all, then deletes whatever
     * others there are, but for those of a newer upload. Said twice it does no harm.
     */
    replace: async (owner: SegmentOwner, segments: readonly Segment[]): Promise<void> => {
      const present = await rowsOf(owner);
      const rows = segmentRows(owner, segments);
      const fresh = new Set(rows.map(({ sk }) => sk));
      await table.putAll(rows);
      const isOld = (row: Item) => String(row['sequencer'] ?? '') <= owner.sequencer;
      await table.deleteAll(
        present
          .filter(isOld)
          .map(keyOf)
          .filter(({ sk }) => !fresh.has(sk)),
      );
    },

    /** The segments of an answer, those of each definition in the order of time. */
    read: async (owner: Pick<SegmentOwner, 'pk' | 'profile' | 'customId'>): Promise<Segment[]> => {
      const rows = (await rowsOf(owner)).map((item) => segmentRow.parse(item));
      return rows
        .filter(({ customId }) => customId === owner.customId)
        .map(({ definition, startSeconds, endSeconds, fields }) => ({
          definition: definition.slice(owner.profile.length + 1),
          startSeconds,
          endSeconds,
          fields,
        }));
    },

    /** Deletes what this answer left, when it turns out that another has taken its place. */
    withdraw: async (owner: SegmentOwner): Promise<void> => {
      const present = (await rowsOf(owner)).map(keyOf);
      await table.deleteAll(present.filter((row) => isOfSet(row, owner)));
    },

    /** Deletes the segments of older uploads of a key, for whose video another takes their place. */
    deleteOlder: async (
      owner: Pick<SegmentOwner, 'pk' | 'profile' | 'sequencer'>,
    ): Promise<void> => {
      const present = await rowsOf(owner);
      await table.deleteAll(
        present.filter((row) => String(row['sequencer'] ?? '') < owner.sequencer).map(keyOf),
      );
    },
  };

  async function rowsOf({ pk, profile }: Pick<SegmentOwner, 'pk' | 'profile'>): Promise<Item[]> {
    return await table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': segmentPrefix(profile) },
      ConsistentRead: true,
    });
  }
}

const segmentRow = z.object({
  definition: z.string(),
  startSeconds: z.number(),
  endSeconds: z.number(),
  fields: z.record(z.string(), z.unknown()),
  customId: z.string().optional(),
});

/** The rows of a set: nothing in them depends on when, or how often, they are written. */
export function segmentRows(owner: SegmentOwner, segments: readonly Segment[]): (RowKey & Item)[] {
  const { pk, bucket, key, videoId, sequencer, profile, customId, queuedAt } = owner;
  const counts = new Map<string, number>();
  const numbered = segments.map((segment) => {
    const number = (counts.get(segment.definition) ?? 0) + 1;
    counts.set(segment.definition, number);
    return { ...segment, number };
  });
  return numbered.map(({ definition, startSeconds, endSeconds, fields, number }) => ({
    pk,
    sk: segmentSk(profile, definition, startSeconds, number, setOf(owner)),
    kind: 'segment',
    bucket,
    key,
    videoId,
    sequencer,
    definition: `${profile}/${definition}`,
    queuedAt,
    segmentNumber: number,
    segmentCount: counts.get(definition) ?? 0,
    startSeconds,
    endSeconds,
    fields,
    customId,
  }));
}

function setOf({ customId = '' }: Pick<SegmentOwner, 'customId'>): string {
  return shortHash(customId).slice(0, 8);
}

function isOfSet({ sk }: RowKey, owner: SegmentOwner): boolean {
  return sk.endsWith(`#${setOf(owner)}`);
}

function keyOf(item: Item): RowKey {
  return { pk: String(item['pk']), sk: String(item['sk']) };
}

import type { ArchivedLine } from '../archive-format.ts';
import type { Reason } from '../video.ts';
import { batchKey, QUARANTINE_PREFIX, quarantineKey } from './keys.ts';
import type { Item, Table } from './table.ts';

/** A line of a batch's results that nobody can use. */
export interface QuarantinedLine {
  readonly batchId: string;
  /** Where it begins in the results as they were read. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Of its bytes, hexadecimal: the same bytes are kept once. */
  readonly sha256: string;
  readonly reason: Reason;
  /** Where its bytes lie. */
  readonly archived: ArchivedLine;
  /** When it was found. */
  readonly at: Date;
}

export type Quarantine = ReturnType<typeof createQuarantine>;

/** Lines set aside, as rows beside their batch. In the index of states they are `quarantined`. */
export function createQuarantine(table: Table) {
  return {
    /** The SHA-256 of the lines of a batch that are in quarantine. */
    known: async (batchId: string): Promise<Set<string>> =>
      new Set((await rowsOf(batchId)).map((row) => String(row['sha256']))),

    /** The rows of a batch as they are. */
    rowsOf,

    put: async ({ batchId, at, ...line }: QuarantinedLine): Promise<void> => {
      const state = { state: 'quarantined', stateSince: at.toISOString() };
      const key = quarantineKey(batchId, line.sha256);
      await table.putAll([{ ...key, kind: 'quarantine', batchId, ...state, ...line }]);
    },
  };

  async function rowsOf(batchId: string): Promise<Item[]> {
    return await table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': batchKey(batchId).pk, ':prefix': QUARANTINE_PREFIX },
      ConsistentRead: true,
    });
  }
}

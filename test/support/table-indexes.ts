import { indexes } from '../../shared/store/keys.ts';

/** An index of the table: its keys, and which attributes beside them it holds. */
export interface IndexDefinition {
  readonly name: string;
  readonly hash: string;
  readonly range?: string;
  readonly projected: 'all' | readonly string[];
}

/** The indexes that the stack gives the table; a test holds them against its template. */
export const tableIndexes: readonly IndexDefinition[] = [
  { name: indexes.due, hash: 'stage', range: 'dueAt', projected: 'all' },
  { name: indexes.state, hash: 'state', range: 'stateSince', projected: ['kind', 'reason'] },
  { name: indexes.batch, hash: 'batchId', range: 'customId', projected: [] },
  { name: indexes.providerBatch, hash: 'providerBatchId', projected: [] },
  { name: indexes.profile, hash: 'profile', range: 'queuedAt', projected: [] },
  { name: indexes.segments, hash: 'definition', range: 'queuedAt', projected: 'all' },
];

/** The attributes that are keys of the table or of an index: what they hold must be strings. */
export const keyAttributes: readonly string[] = [
  ...new Set([
    'pk',
    'sk',
    ...tableIndexes.flatMap(({ hash, range }) => (range === undefined ? [hash] : [hash, range])),
  ]),
];

/** The indexes as DynamoDB is told of them. */
export function globalSecondaryIndexes() {
  return tableIndexes.map(({ name, hash, range, projected }) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' as const },
      ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
    ],
    Projection: projectionOf(projected),
  }));
}

function projectionOf(projected: IndexDefinition['projected']) {
  if (projected === 'all') return { ProjectionType: 'ALL' as const };
  if (projected.length === 0) return { ProjectionType: 'KEYS_ONLY' as const };
  return { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...projected] };
}

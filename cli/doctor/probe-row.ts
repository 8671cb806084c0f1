import { randomBytes, randomUUID } from 'node:crypto';
import type { Batch } from '../../shared/batch.ts';
import { messageOf } from '../../shared/errors.ts';
import { batchKey, indexes } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import type { Examined } from './examined.ts';

const PREFIX = 'doctor-';
/** Before any batch: so it is never among the latest, and what was left behind is found. */
const LONG_AGO = new Date(0).toISOString();
/** Older than any doctor that is still at work. */
const LEFT_SECONDS = 600;
const SWEPT = 100;

/** A batch of nothing, for an event to be about: closed, so that it concerns nobody. */
export function probeRow(now: Date): Batch & { readonly providerBatchId: string } {
  const batchId = `${PREFIX}${randomUUID()}`;
  return {
    ...batchKey(batchId),
    kind: 'batch',
    state: 'closed',
    batchId,
    providerBatchId: randomBytes(12).toString('hex'),
    analysisMode: 'general',
    itemCount: 0,
    intendedAt: now.toISOString(),
    stateSince: LONG_AGO,
    revision: 0,
  };
}

/**
 * Puts the row, and deletes it when `examine` is done, has failed or was interrupted.
 * @returns what came of it, and what is wrong if the row is still there
 */
export async function withProbe<T>(
  row: Batch,
  { table, cleanup }: Pick<Examined, 'table' | 'cleanup'>,
  examine: () => Promise<T>,
): Promise<{ readonly result: T; readonly leftBecause: string | undefined }> {
  const written = table().putAll([row]);
  let removal: Promise<string | undefined> | undefined;
  // Even one whose writing failed may have been written.
  const remove = () => (removal ??= written.catch(() => {}).then(() => removed(row, table())));
  cleanup.defer(async () => void (await remove()));
  await written;
  try {
    return { result: await examine(), leftBecause: await remove() };
  } finally {
    await remove();
  }
}

/** Deletes the rows of doctors that were killed. */
export async function sweepProbes(table: Table, now: Date): Promise<void> {
  const keys = await table.query(
    {
      IndexName: indexes.state,
      KeyConditionExpression: '#state = :closed AND stateSince = :since',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':closed': 'closed', ':since': LONG_AGO },
    },
    SWEPT,
  );
  const probes = keys
    .map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }))
    .filter(({ pk }) => pk.startsWith(batchKey(PREFIX).pk));
  const rows = await table.getMany(probes);
  const left = rows.filter(
    ({ intendedAt }) => secondsSince(String(intendedAt), now) > LEFT_SECONDS,
  );
  await table.deleteAll(left.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
}

async function removed(row: Batch, table: Table): Promise<string | undefined> {
  try {
    await table.deleteAll([row]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

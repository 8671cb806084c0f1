import type { BatcherWorld } from '../../support/batcher-world.ts';
import { STRANGER } from './strangers.ts';

/** How many analyses were to fail, and how many batches the provider has that are not ours. */
export interface Expected {
  readonly failing?: number;
  readonly strangers?: number;
}

/**
 * What broke in a world in which nothing is left to do: an analysis that has no end, or another than
 * it should have, one that is paid twice, or none at all, a batch that the table does not know.
 */
export function brokenIn(
  world: BatcherWorld,
  { failing = 0, strangers = 0 }: Expected = {},
): string[] {
  const analyses = world.analyses();
  const count = (state: string) => analyses.filter((it) => it.state === state).length;
  const broken: string[] = [];
  const open = analyses.length - count('ready') - count('failed');
  if (open > 0) broken.push(`${open} of ${analyses.length} analyses have no end`);
  if (count('failed') !== failing) {
    const { code, message } = analyses.find(({ state }) => state === 'failed')?.reason ?? {};
    broken.push(`${count('failed')} analyses failed instead of ${failing}: ${code}, ${message}`);
  }
  const twice = world.paidTwice().length;
  if (twice > 0) broken.push(`${twice} analyses were paid twice`);
  const paid = world.box.ledger
    .billedItems()
    .filter(({ customId }) => !customId?.startsWith(STRANGER)).length;
  if (paid !== count('ready')) broken.push(`${paid} are on the bill, ${count('ready')} are ready`);
  const rows = world.table.all().filter(({ kind }) => kind === 'batch');
  const closed = rows.filter(({ state }) => state === 'closed').length;
  const theirs = world.box.batches().length - strangers;
  if (closed !== theirs)
    broken.push(`the provider has ${theirs} batches, ${closed} rows are closed`);
  return broken;
}

/** How many batches the provider was asked to create. */
export function createsIn({ box }: BatcherWorld): number {
  return box.requests.filter((operation) => operation === 'batches.create').length;
}

import { leaseKey } from './keys.ts';
import type { Table } from './table.ts';

/** The right to be the only one at something, until a moment. */
export interface Lease {
  /** True while the lease is still ours; extends it. Ask before each act that must not be doubled. */
  renew(): Promise<boolean>;
  /** Gives it back, so that the next one need not wait for it to run out. */
  release(): Promise<void>;
}

/**
 * Takes the lease `name` for `seconds`; undefined while another holds it. Each holder has a number
 * of its own, so that one who wakes up late can neither renew nor release what is no longer his.
 */
export async function acquireLease(
  table: Table,
  name: string,
  seconds: number,
  now: () => Date,
): Promise<Lease | undefined> {
  const key = leaseKey(name);
  const until = () => new Date(now().getTime() + seconds * 1000).toISOString();
  const seen = (await table.get(key))?.['holder'];
  const last = typeof seen === 'number' ? seen : 0;
  const holder = last + 1;
  const taken = await table.updateIf(
    key,
    { holder, heldUntil: until() },
    {
      expression: 'attribute_not_exists(holder) OR (holder = :last AND heldUntil < :now)',
      values: { ':last': last, ':now': now().toISOString() },
    },
  );
  if (!taken) return undefined;

  const ours = { expression: 'holder = :ours', values: { ':ours': holder } };
  return {
    renew: () => table.updateIf(key, { heldUntil: until() }, ours),
    release: async () => {
      await table.updateIf(key, { heldUntil: new Date(0).toISOString() }, ours);
    },
  };
}

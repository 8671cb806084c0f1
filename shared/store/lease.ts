import { secondsSince } from '../waiting-room.ts';
import { leaseKey } from './keys.ts';
import type { Table } from './table.ts';

/** The right to be the only one at something, until a moment. */
export interface Lease {
  /** True while the lease is still ours; extends it. Ask before each act that must not be doubled. */
  renew(): Promise<boolean>;
  /** Gives it back; nobody gets it before `pauseSeconds` have passed. */
  release(pauseSeconds?: number): Promise<void>;
}

/**
 * Takes the lease `name` for `seconds`; `taken` while another holds it; how long still, when
 * its last holder asked for peace. Each holder has a number of its own, so that one who wakes up late can
 * neither renew nor release what is no longer his.
 */
export async function acquireLease(
  table: Table,
  name: string,
  seconds: number,
  now: () => Date,
): Promise<Lease | 'taken' | { readonly pausedSeconds: number }> {
  const key = leaseKey(name);
  const after = (delaySeconds: number) =>
    new Date(now().getTime() + delaySeconds * 1000).toISOString();
  const row = await table.get(key);
  const pausedSeconds = -secondsSince(String(row?.['pausedUntil'] ?? after(0)), now());
  if (pausedSeconds > 0) return { pausedSeconds };
  const last = Number(row?.['holder'] ?? 0);
  const holder = last + 1;
  const taken = await table.updateIf(
    key,
    { holder, heldUntil: after(seconds), takenAt: after(0) },
    {
      expression: 'attribute_not_exists(holder) OR (holder = :last AND heldUntil < :now)',
      values: { ':last': last, ':now': after(0) },
    },
  );
  if (!taken) return 'taken';

  const ours = { expression: 'holder = :ours', values: { ':ours': holder } };
  return {
    renew: () => table.updateIf(key, { heldUntil: after(seconds) }, ours),
    release: async (pauseSeconds = 0) => {
      const changes = { heldUntil: new Date(0).toISOString(), pausedUntil: after(pauseSeconds) };
      await table.updateIf(key, changes, ours);
    },
  };
}

/** When somebody last took the lease `name`; undefined when nobody did. */
export async function lastTaken(
  table: Pick<Table, 'get'>,
  name: string,
): Promise<string | undefined> {
  const { takenAt } = (await table.get(leaseKey(name))) ?? {};
  return typeof takenAt === 'string' ? takenAt : undefined;
}

import { batchLimits } from '../../shared/twelvelabs/limits.ts';
import { activeStatuses } from '../../shared/twelvelabs/schemas.ts';
import type { Check } from './examined.ts';
import { type Line, ok, warning } from './line.ts';

const NAME = 'slots';
/** More can't be active; a list that is longer is not ours to read to its end. */
const LOOKED_AT = 20;

/** The batches that hold a slot of the account. */
export interface SlotFacts {
  readonly maxActive: number;
  readonly active: readonly { readonly providerBatchId: string; readonly isOurs: boolean }[];
}

/** How many of the account's slots are taken, and by whom. */
export const checkSlots: Check = {
  name: NAME,
  run: async ({ provider, store }) => {
    const active: SlotFacts['active'][number][] = [];
    for await (const { batch_id } of provider().listBatches(activeStatuses)) {
      const batch = await store().batchOfProvider(batch_id);
      active.push({ providerBatchId: batch_id, isOurs: batch !== undefined });
      if (active.length === LOOKED_AT) break;
    }
    return [judgeSlots({ maxActive: batchLimits.maxActive, active })];
  },
};

/** The line on the slots. */
export function judgeSlots({ maxActive, active }: SlotFacts): Line {
  const strangers = active.filter(({ isOurs }) => !isOurs);
  const taken = `${active.length} of ${maxActive} taken`;
  const wait = active.length >= maxActive ? '; what is queued waits until one is free' : '';
  if (strangers.length > 0) {
    const ids = strangers.map(({ providerBatchId }) => providerBatchId).join(', ');
    return warning(NAME, `${taken}, ${strangers.length} by others than this stack (${ids})${wait}`);
  }
  if (active.length === 0) return ok(NAME, taken);
  return (wait ? warning : ok)(NAME, `${taken}, all by this stack${wait}`);
}

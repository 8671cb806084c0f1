import type { Row } from './comparison-table.ts';
import type { Took } from './measured.ts';

/** By the name of a figure: what we want the last one's ratio to be, to each of the others. */
export type Aims = Partial<Record<keyof Took, readonly number[]>>;

const titles = {
  wallSeconds: 'wall s',
  cpuSeconds: 'CPU s',
  peakRssMebibytes: 'peak RSS, MiB',
  processSeconds: 'wall s with loading',
} as const satisfies Record<keyof Took, string>;

/** The lines of a table that every piece of work has. */
export function tookRows(aims: Aims): Row<Took>[] {
  return (Object.keys(titles) as (keyof Took)[]).map((name) => ({
    title: titles[name],
    figure: (took) => took[name],
    ...(aims[name] && { aims: aims[name] }),
  }));
}

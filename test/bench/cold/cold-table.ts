import { alignedTable } from '../../faults/aligned-table.ts';
import { type Entry, median, medianRatio } from '../results/rounds.ts';
import type { LoadTook } from './load-bundle.ts';

/** A bundle, and what each loading of it took. */
export interface Loaded extends Entry<LoadTook> {
  readonly build: 'ours' | 'kitchen sink';
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly rounds: LoadTook[];
}

const HEAD = [
  'function, build',
  'KB',
  'load ms, least',
  'median',
  'CPU ms',
  'RSS MiB',
  'load : sink',
  'CPU : sink',
  'start+load : sink',
  'start+load : bare',
];

/** A line for each bundle; ratios are the median of those within a round. */
export function coldTable(bare: Loaded, others: readonly Loaded[]): string {
  const line = (one: Loaded) => {
    const sink = others.find((it) => it.name === one.name && it.build === 'kitchen sink');
    const toSink = (figure: (of: LoadTook) => number) =>
      sink && one !== sink ? medianRatio(one, sink, figure).toFixed(2) : '';
    return [
      one === bare ? one.name : `${one.name}, ${one.build}`,
      (one.bytes / 1024).toFixed(1),
      Math.min(...one.rounds.map(({ loadMs }) => loadMs)).toFixed(1),
      median(one, ({ loadMs }) => loadMs).toFixed(1),
      median(one, ({ cpuMs }) => cpuMs).toFixed(1),
      median(one, ({ rssMebibytes }) => rssMebibytes).toFixed(1),
      toSink(({ loadMs }) => loadMs),
      toSink(({ cpuMs }) => cpuMs),
      toSink(({ processMs }) => processMs),
      medianRatio(one, bare, ({ processMs }) => processMs).toFixed(2),
    ];
  };
  return alignedTable([HEAD, line(bare), ...others.map(line)]);
}

import type { Item } from '../../../shared/store/table.ts';
import { type DeliveryName, deliveryNames } from './delivery.ts';
import type { PlannedReading } from './plan-case.ts';
import type { Heard } from './stream.ts';
import type { Received } from './tap.ts';

type Cell = string | number;

/** Counts what a campaign has met, for its tables. */
export class Tally {
  cases = 0;
  readonly #lines = new Map<string, { sent: number; came: number }>();
  readonly #readings = new Map<DeliveryName, { count: number; whole: number; torn: number }>();
  readonly #ends = new Map<string, number>();
  #bytes = 0;
  #longestBody = 0;
  #mostHeap = 0;
  #mostOutside = 0;

  reading({ stream, delivery }: PlannedReading, received: Received, heard: Heard): void {
    const reading = entry(this.#readings, delivery.name, { count: 0, whole: 0, torn: 0 });
    reading.count += 1;
    reading.whole += received.isClean ? 1 : 0;
    reading.torn += received.torn;
    for (const { name } of stream.lines) this.#line(name).sent += 1;
    for (const { name } of heard.lines) this.#line(name).came += 1;
    if (heard.fragment) this.#line(heard.fragment.name).came += 1;
    this.#bytes += received.bytes;
    this.#longestBody = Math.max(this.#longestBody, stream.body.length);
    const { heapUsed, external } = process.memoryUsage();
    this.#mostHeap = Math.max(this.#mostHeap, heapUsed);
    this.#mostOutside = Math.max(this.#mostOutside, external);
  }

  /** The rows of a world that is over. */
  end(rows: readonly Item[]): void {
    for (const row of rows) {
      const { kind, state, result } = row as { kind: string; state?: string; result?: object };
      const isAway = result && 'inArchive' in result;
      const name = [kind, state, isAway && 'in the archive alone'].filter(Boolean).join(', ');
      this.#ends.set(name, (this.#ends.get(name) ?? 0) + 1);
    }
  }

  readingTable(): Cell[][] {
    const rows = deliveryNames.map((name) => {
      const { count, whole, torn } = this.#readings.get(name) ?? { count: 0, whole: 0, torn: 0 };
      return [name, count, whole, torn];
    });
    return [['sent', 'readings', 'called whole', 'torn characters'], ...rows];
  }

  lineTable(): Cell[][] {
    const rows = [...this.#lines].toSorted(([, a], [, b]) => b.sent - a.sent);
    return [
      ['lines', 'sent', 'came whole'],
      ...rows.map(([name, { sent, came }]) => [name, sent, came]),
    ];
  }

  endTable(): Cell[][] {
    const rows = [...this.#ends].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [['rows at the end', 'count'], ...rows];
  }

  memoryTable(): Cell[][] {
    const megabytes = (bytes: number) => Math.round(bytes / 1e6);
    return [
      ['MB that came', megabytes(this.#bytes)],
      ['longest answer, MB', megabytes(this.#longestBody)],
      [
        'peak RSS of the process, provider and all, MB',
        Math.round(process.resourceUsage().maxRSS / 1e3),
      ],
      ['most heap after a reading, MB', megabytes(this.#mostHeap)],
      ['most outside the heap, MB', megabytes(this.#mostOutside)],
    ];
  }

  #line(name: string) {
    return entry(this.#lines, name, { sent: 0, came: 0 });
  }
}

function entry<K, V>(map: Map<K, V>, key: K, first: V): V {
  const known = map.get(key) ?? first;
  map.set(key, known);
  return known;
}

import type { Around } from '../../support/batcher-world.ts';

/** DynamoDB reads so many keys in one call. */
const KEYS_PER_GET = 100;
/** A page of a query has 1 MB: about so many of our rows. */
const ROWS_PER_PAGE = 1_000;

/** How often each call to the table and to the queue was made, as AWS would count them. */
export class CallCounts {
  readonly calls = new Map<string, number>();
  peakHeapBytes = 0;

  readonly around: Around = async (name, call, args) => {
    const answer = await call();
    if (!name.startsWith('provider.')) this.add(name, callsOf(name, args, answer));
    this.noteHeap();
    return answer;
  };

  add(name: string, count: number): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + count);
  }

  noteHeap(): void {
    this.peakHeapBytes = Math.max(this.peakHeapBytes, process.memoryUsage().heapUsed);
  }
}

function callsOf(name: string, [keys]: readonly unknown[], answer: unknown): number {
  if (name === 'table.getMany') return pagesOf(keys, KEYS_PER_GET);
  if (name === 'table.query') return Math.max(1, pagesOf(answer, ROWS_PER_PAGE));
  return 1;
}

function pagesOf(rows: unknown, size: number): number {
  return Array.isArray(rows) ? Math.ceil(rows.length / size) : 1;
}

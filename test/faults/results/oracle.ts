import type { Analysis } from '../../../shared/analysis.ts';
import type { Item } from '../../../shared/store/table.ts';
import type { CollectorWorld } from '../../support/collector-world.ts';
import { ArchiveLook } from './archive-look.ts';
import { wrongWithReady } from './check-answer.ts';
import { wrongWithEnd, wrongWithGivenUp } from './check-end.ts';
import { QuarantineCheck } from './check-quarantine.ts';
import type { PlannedReading } from './plan-case.ts';
import { briefly } from './same.ts';
import { heardOf, type PlacedLine } from './stream.ts';
import type { Received } from './tap.ts';

const DAY_SECONDS = 24 * 3_600;

/**
 * Knows what must be in table and archive after each reading, from how the streams were made: it
 * neither splits nor parses them.
 */
export class Oracle {
  readonly #world: CollectorWorld;
  readonly #look: ArchiveLook;
  readonly #quarantine: QuarantineCheck;
  /** Each row as it must stay: as it was submitted, or as it was when it was found to be settled. */
  readonly #rows: string[];
  readonly #isSettled: boolean[];
  #passedSeconds = 0;
  #overSince: number | undefined;

  constructor(world: CollectorWorld) {
    this.#world = world;
    this.#look = new ArchiveLook(world.archive);
    this.#quarantine = new QuarantineCheck(world, this.#look);
    const rows = this.#table();
    this.#rows = world.analyses.map(({ pk }) => factsOf(rows.analyses.get(pk)));
    this.#isSettled = world.analyses.map(() => false);
  }

  /** @returns what broke, in words */
  async afterReading(reading: PlannedReading, received: Received): Promise<string[]> {
    this.#passedSeconds += reading.afterSeconds;
    if (reading.isOver) this.#overSince ??= this.#passedSeconds;
    const { bytes, isClean } = received;
    const heard = heardOf(reading.stream, bytes, isClean);
    const table = this.#table();
    const broken: string[] = [];
    const isTold = (at: number) =>
      heard.lines.some(({ said }) => said.kind !== 'bad' && said.about === at);
    const isComplete = isClean && this.#world.analyses.every((_, at) => isTold(at));
    const unclaimed = heard.lines.filter(({ said }) => this.#isUnclaimed(said, table.analyses));
    for (const [at, analysis] of this.#world.analyses.entries()) {
      const row = table.analyses.get(analysis.pk) as Analysis;
      const segments = table.segments.get(analysis.pk) ?? [];
      const lines = heard.lines.filter(({ said }) => said.kind !== 'bad' && said.about === at);
      const wrong = await this.#wrongWith(at, row, segments, lines, { isClean, isComplete });
      broken.push(...wrong.map((words) => `${analysis.key}: ${words}`));
    }
    const bad = heard.lines.filter(({ said }) => said.kind === 'bad');
    broken.push(
      ...this.#quarantine.after(
        [...bad, ...unclaimed, ...(heard.fragment ? [heard.fragment] : [])],
        table.bad,
      ),
    );
    return [...broken, ...this.#wrongWithBatch(table.batch)];
  }

  /** After a reading in which all was well. */
  atTheEnd(): string[] {
    const open = this.#isSettled.filter((isSettled) => !isSettled).length;
    const state = this.#table().batch?.['state'];
    return [
      ...(open > 0 ? [`${open} analyses are open after a healthy reading`] : []),
      ...(state === 'closed' ? [] : [`the batch is ${state} after a healthy reading`]),
    ];
  }

  async #wrongWith(
    at: number,
    row: Analysis,
    segments: readonly Item[],
    lines: readonly PlacedLine[],
    { isClean, isComplete }: { readonly isClean: boolean; readonly isComplete: boolean },
  ): Promise<string[]> {
    const isAsItWas = factsOf(row) === this.#rows[at];
    if (this.#isSettled[at]) return isAsItWas ? [] : [`settled, and changed: ${briefly(row)}`];
    const ready = lines.filter(({ said }) => said.kind === 'ready');
    const over = isClean ? lines.filter(({ said }) => said.kind === 'over') : [];
    if (ready.length === 0 && over.length > 0 && !isComplete) {
      // Another line of it may be among those that are missing, and say that it is ready.
      if (isAsItWas) return segments.length > 0 ? ['segments that nobody told of'] : [];
      if (!this.#isOverForADay) return [`${over[0]?.name} was believed too early`];
    }
    if (ready.length + over.length === 0) {
      if (isAsItWas) return segments.length > 0 ? ['segments that nobody told of'] : [];
      if (!this.#isOverForADay || !isClean)
        return [`nothing was said, and it is ${row.state}, ${briefly(row.reason)}`];
      this.#settle(at, row);
      return wrongWithGivenUp(row, lines);
    }
    this.#settle(at, row);
    if (isAsItWas) return [`${(ready[0] ?? over[0])?.name} was said, and it is as before`];
    if (ready.length === 0) {
      const wrong = wrongWithEnd(row, this.#world, over, this.#look);
      return segments.length > 0 ? [...wrong, 'it has segments'] : wrong;
    }
    if (row.state !== 'ready') return [`ready was said, and it is ${row.state}`];
    const line = ready.find(({ bytes }) => this.#look.holds(row.archived, bytes));
    if (line?.said.kind !== 'ready') return ['its line is not where its row says'];
    return await wrongWithReady(row, segments, line.said.ready, line.bytes.length, this.#world);
  }

  /** An answer to an analysis that has ended otherwise in an earlier reading. */
  #isUnclaimed(said: PlacedLine['said'], rows: ReadonlyMap<unknown, Item>): boolean {
    if (said.kind !== 'ready' || !this.#isSettled[said.about]) return false;
    return rows.get(this.#world.analyses[said.about]?.pk)?.['state'] !== 'ready';
  }

  #wrongWithBatch(batch: Item | undefined): string[] {
    const open = this.#isSettled.filter((isSettled) => !isSettled).length;
    if (batch?.['state'] === 'closed') return open > 0 ? [`closed with ${open} open`] : [];
    const isWaiting = batch?.['stage'] === 'collect-results' && typeof batch['dueAt'] === 'string';
    return batch?.['state'] === 'active' && isWaiting ? [] : [`its batch is ${briefly(batch)}`];
  }

  get #isOverForADay(): boolean {
    return this.#passedSeconds - (this.#overSince ?? Infinity) >= DAY_SECONDS;
  }

  #settle(at: number, row: Analysis): void {
    this.#isSettled[at] = true;
    this.#rows[at] = factsOf(row);
  }

  #table() {
    const items = this.#world.table.all();
    const of = (kind: string) => items.filter((item) => item['kind'] === kind);
    return {
      analyses: new Map(of('analysis').map((item) => [item['pk'], item])),
      segments: Map.groupBy(of('segment'), (item) => item['pk']),
      bad: of('quarantine'),
      batch: of('batch')[0],
    };
  }
}

/** What a row says, but for when it asks for its batch by itself. */
function factsOf(row: Item | undefined): string {
  const { revision: _, dueAt: __, dueBy: ___, ...facts } = row ?? {};
  return JSON.stringify(Object.entries(facts).toSorted(([a], [b]) => a.localeCompare(b)));
}

import { poissonArrivals } from './arrivals.ts';
import { audit } from './audit.ts';
import { policies } from './policies.ts';
import type { Scene } from './queue-state.ts';
import { evenDraw, seededDraw } from './random.ts';
import { simulateQueue } from './simulate-queue.ts';
import { type Turnaround, turnarounds } from './turnarounds.ts';
import { type Waits, waitsOf } from './waits.ts';

/** One situation in which all policies are compared. */
export interface Cell {
  readonly turnaround: Turnaround;
  /** How many are queued at the start, over all modes. */
  readonly atStart: number;
  readonly modes: number;
  /** What is queued, in hundredths of what five slots of full batches can take. */
  readonly loadPercent: number;
}

export interface Extent {
  readonly seeds: readonly number[];
  /** The mean turnaround of a full batch. */
  readonly fullSeconds: number;
  /** How many such turnarounds are simulated. */
  readonly turns: number;
}

export interface CellResult {
  readonly cell: Cell;
  /** By policy, the mean over the seeds. */
  readonly waits: ReadonlyMap<string, Waits>;
  readonly broken: readonly string[];
}

const MAX_ACTIVE = 5;
const MAX_REQUESTS = 1_000;
export const SMALL = 50;
export const HUGE = 20_000;
const LOADS_PERCENT = [10, 25, 50, 75, 90, 100];

export function allCells({ fullSeconds }: Extent): Cell[] {
  return turnarounds(fullSeconds).flatMap((turnaround) =>
    [SMALL, HUGE].flatMap((atStart) =>
      [1, 2].flatMap((modes) =>
        LOADS_PERCENT.map((loadPercent) => ({ turnaround, atStart, modes, loadPercent })),
      ),
    ),
  );
}

/** What each policy does in the cell: to the same arrivals, with the same luck. */
export function runCell(cell: Cell, extent: Extent): CellResult {
  const perSeed = extent.seeds.map((seed) => runSeed(cell, extent, seed));
  const waits = Object.keys(policies).map((name) => {
    return [name, meanOf(perSeed.map((its) => its.get(name)?.waits ?? nothing))] as const;
  });
  const broken = perSeed.flatMap((its) =>
    [...its].flatMap(([name, { broken }]) => broken.map((words) => `${name}: ${words}`)),
  );
  return { cell, waits: new Map(waits), broken };
}

/** The start counts in the cells with a huge backlog; else the first tenth is left out. */
function runSeed(cell: Cell, { fullSeconds, turns }: Extent, seed: number) {
  const { atStart, modes, loadPercent, turnaround } = cell;
  const seconds = Math.round(fullSeconds * turns);
  const perSecond = ((loadPercent / 100) * MAX_ACTIVE * MAX_REQUESTS) / fullSeconds / modes;
  const start = { atStart: atStart / modes, perSecond, seconds };
  const arrivals = Array.from({ length: modes }, (_, mode) =>
    poissonArrivals(start, seededDraw(seed * 1_000 + mode)),
  );
  const measured = [atStart === HUGE ? 0 : 0.1 * seconds, 0.8 * seconds] as const;
  const results = Object.entries(policies).map(([name, policy]) => {
    const scene: Scene = {
      arrivals,
      turnaround: turnaround.seconds,
      luck: evenDraw(seed),
      maxActive: MAX_ACTIVE,
      maxRequests: MAX_REQUESTS,
      horizonSeconds: seconds,
    };
    const sent = simulateQueue(policy, scene);
    const waits = waitsOf(sent, scene, measured, fullSeconds);
    return [name, { waits, broken: audit(sent, scene) }] as const;
  });
  return new Map(results);
}

const nothing: Waits = { count: 0, meanSeconds: 0, p95Seconds: 0, queueSeconds: 0 };

function meanOf(all: readonly Waits[]): Waits {
  const mean = (of: (waits: Waits) => number) => {
    return all.reduce((sum, waits) => sum + of(waits), 0) / all.length;
  };
  return {
    count: mean((waits) => waits.count),
    meanSeconds: mean((waits) => waits.meanSeconds),
    p95Seconds: mean((waits) => waits.p95Seconds),
    queueSeconds: mean((waits) => waits.queueSeconds),
  };
}

import { beforeAll, describe, expect, inject, it } from 'vitest';
import { readOperations, type Work } from '../../../cli/cost/operations.ts';
import { type Measured, measureOperations } from '../../bench/operations/measure-operations.ts';

const VIDEOS = 12;
/** As quick as it gets: how often a batch is looked at is not compared. */
const timing = { batchPendingMs: 1_000, itemMinMs: 5_000, itemSpreadMs: 0, itemMaxMs: 10_000 };

const kept = readOperations();
let now: Measured;

beforeAll(async () => {
  const assemblyDirectory = inject('assemblyDirectory');
  const options = { videos: VIDEOS, idleHours: 1 / 6, stepSeconds: 60, timing };
  now = await measureOperations({ assemblyDirectory, ...options });
});

/** The moves that each video, or its analysis, makes once, whatever else goes with it. */
const MOVES = [
  'video none to received',
  'video received to waiting',
  'video waiting to registering',
  'video registering to processing',
  'video processing to admitted',
  'analysis none to queued',
  'analysis queued to submitting',
  'analysis submitting to submitted',
  'analysis submitted to ready',
];

describe('cli/cost/operations.json is true; where it is not: npm run bench -- operations', () => {
  it.each(MOVES)('%s: one write of as many units', (move) => {
    expect(perVideo(now, move)).toEqual({ count: 1, units: expect.any(Number) });
    expect(perVideo(kept, move).count).toBeCloseTo(1, 1);
    expect(perVideo(now, move).units).toBeCloseTo(perVideo(kept, move).units, 0);
  });

  it('no write of another kind has come', () => {
    const known = new Set(Object.keys(kept.run.writes).map(withoutRefusals));
    const found = Object.keys(now.run.writes).map(withoutRefusals);
    expect(found.filter((it) => !known.has(it))).toEqual([]);
  });

  it('rows have the same sizes, within a fifth', () => {
    for (const kind of ['video', 'analysis']) {
      expect(bytesPerVideo(now, kind) / bytesPerVideo(kept, kind), kind).toBeGreaterThan(0.8);
      expect(bytesPerVideo(now, kind) / bytesPerVideo(kept, kind), kind).toBeLessThan(1.25);
    }
  });

  it.each(['s3.GET object by function', 's3.HEAD object by function', 's3.GET object by provider'])(
    '%s: as many',
    (name) => {
      const ofKept = (kept.run.requests[name] ?? 0) / kept.measured.videos;
      expect((now.run.requests[name] ?? 0) / VIDEOS).toBeCloseTo(ofKept, 1);
    },
  );

  it('an idle clock asks the table as much, within a quarter', () => {
    const ticks = (idle: Work) => idle.functions['WakeDue']?.invocations ?? 0;
    const [ofNow, ofKept] = [now.idle, kept.idle].map((idle) => idle.readUnits / ticks(idle));
    expect((ofNow ?? 0) / (ofKept ?? 1)).toBeGreaterThan(0.75);
    expect((ofNow ?? 0) / (ofKept ?? 1)).toBeLessThan(1.25);
  });
});

type Found = Pick<Measured, 'run' | 'kept'> & { readonly measured: { readonly videos: number } };

function perVideo({ run, measured: { videos } }: Found, move: string) {
  const { count = 0, tableUnits = 0, indexUnits = 0 } = run.writes[move] ?? {};
  return { count: count / videos, units: (tableUnits + indexUnits) / videos };
}

function bytesPerVideo({ kept: rows, measured: { videos } }: Found, kind: string): number {
  return ((rows[kind]?.tableBytes ?? 0) + (rows[kind]?.indexBytes ?? 0)) / videos;
}

/** Races are lost now and then, and rows written again. */
function withoutRefusals(move: string): string {
  return / (refused|again)$/.test(move) ? 'refused or again' : move;
}

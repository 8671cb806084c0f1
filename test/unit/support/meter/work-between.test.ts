import { describe, expect, it } from 'vitest';
import { workBetween } from '../../../bench/operations/work-between.ts';
import type { MeterReading } from '../../../support/meter/meter.ts';

/** A reading in which the clock has ticked so often, and so many videos were written. */
function reading(ticks: number, videos: number, metrics: Record<string, number>): MeterReading {
  const write = (count: number) => ({ count, tableUnits: count, indexUnits: 2 * count });
  return {
    emulators: {
      requests: { 'dynamodb.Query by function': 8 * ticks + videos },
      writes: { 'memory kept again': write(ticks), 'video none to received': write(videos) },
      stored: {},
      results: { rows: 0, bytes: 0, bytesWithout: 0 },
      readUnits: 4 * ticks + 3 * videos,
    },
    functions: {
      WakeDue: {
        invocations: ticks,
        cpuMs: 10 * ticks,
        loads: 1,
        loadCpuMs: 100,
        awsCalls: 9 * ticks,
        providerCalls: 0,
        logLines: 0,
        logBytes: 0,
      },
    },
    metrics,
  };
}

const before = reading(10, 0, { Oldest: 1 });
const idled = reading(70, 0, { Oldest: 5 });
const ended = reading(100, 20, { Oldest: 9, Received: 20 });
const idle = workBetween(before, idled);
const run = workBetween(idled, ended, { idle, share: 0.5 });

describe('between two readings', () => {
  it('is what was done meanwhile, and of a function no more than is paid for', () => {
    expect(idle.functions).toEqual({
      WakeDue: { awsCalls: 540, cpuMs: 600, invocations: 60 },
    });
    expect(idle.readUnits).toBe(240);
    expect(idle.writes).toEqual({
      'memory kept again': { count: 60, indexUnits: 120, tableUnits: 60 },
    });
  });

  it('is what videos add to what the clock would have done in that time', () => {
    expect(run.functions).toEqual({});
    expect(run.requests).toEqual({ 'dynamodb.Query by function': 20 });
    expect(run.readUnits).toBe(60);
    expect(Object.keys(run.writes)).toEqual(['video none to received']);
  });

  it('are the metrics that were published again; those of an idle stack are its own', () => {
    expect(idle.metrics).toEqual(['Oldest']);
    expect(run.metrics).toEqual(['Received']);
  });
});

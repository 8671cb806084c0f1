import type { Operations } from '../../cli/cost/operations.ts';
import type { PriceName } from '../../cli/cost/prices.ts';
import type { TemplateFacts } from '../../cli/cost/template-facts.ts';
import type { Usage } from '../../cli/cost/usage.ts';
import type { Workload } from '../../cli/cost/workload.ts';

/** A stack of two functions, one queue and nothing else. */
export const smallFacts: TemplateFacts = {
  functions: [
    { name: 'AcceptUpload', memoryMegabytes: 1_024, isArm: true, isTraced: false },
    { name: 'WakeDue', memoryMegabytes: 1_769, isArm: true, isTraced: false },
  ],
  pollers: { AcceptUpload: 10 },
  scheduledCalls: { WakeDue: 43_800 },
  secrets: 0,
  alarmMetrics: 0,
  fastAlarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  keys: 0,
  hasPointInTimeRecovery: false,
  logDays: 30,
  uploadsPerMinute: 60,
  uploadsPerDay: 3_000,
  notPriced: [],
};

const nothing = { functions: {}, requests: {}, writes: {}, readUnits: 0, metrics: [] };
const call = { invocations: 1, cpuMs: 0, awsCalls: 0, providerCalls: 0, logBytes: 0 };

/** Ten videos that took an hour, and an idle hour of sixty ticks. */
export const smallOperations: Operations = {
  measured: {
    on: '2026-11-22',
    commit: '0',
    command: 'none',
    videos: 10,
    idleHours: 1,
    runMinutes: 60,
    assuming: 'nothing',
    batchSizes: { AcceptUpload: 10 },
  },
  idle: {
    ...nothing,
    functions: { WakeDue: { ...call, invocations: 60, cpuMs: 6_000, awsCalls: 600 } },
    writes: { 'memory kept again': { count: 60, tableUnits: 60, indexUnits: 0 } },
    readUnits: 120,
  },
  run: {
    ...nothing,
    functions: { AcceptUpload: { ...call, invocations: 10 } },
    writes: {
      'video none to received': { count: 10, tableUnits: 10, indexUnits: 20 },
      'analysis submitted to ready': { count: 10, tableUnits: 10, indexUnits: 30 },
    },
  },
  kept: {},
  results: { rows: 10, bytes: 1_000, bytesWithout: 5_000 },
};

export const smallWork: Workload = {
  videos: 10,
  minutes: 8,
  megabytes: 1,
  profiles: 1,
  resultKilobytes: 0.1,
  monthsKept: 1,
  pricePerMinute: 0.03,
};

/** How much of a price is used in all. */
export function quantityOf(usage: Usage, price: PriceName): number {
  return usage.filter((it) => it.price === price).reduce((sum, { quantity }) => sum + quantity, 0);
}

import { expect, test } from 'vitest';
import { nothingRemembered } from '../../../shared/store/batching-memory.ts';
import { batchLimits } from '../../../shared/twelvelabs/limits.ts';
import { type Before, wrongWith } from '../../faults/batcher/check-plan.ts';
import { anAnalysis, atSecond, MADE_AT } from '../../support/rows.ts';

const waiting = Array.from({ length: 6 }, (_, at) =>
  anAnalysis({
    pk: `VIDEO#${at}`,
    queuedAt: atSecond(at).toISOString(),
    durationSeconds: 3_600,
    profile: at < 4 ? 'summary' : 'other',
    analysisMode: at < 5 ? 'general' : 'time_based_metadata',
  }),
);
const some = (...places: readonly number[]) => ({
  analysisMode: 'general' as const,
  analyses: places.flatMap((at) => waiting[at] ?? []),
});
const before: Before = {
  waiting,
  memory: nothingRemembered,
  limits: { ...batchLimits, maxRequests: 4, maxHours: 3, maxBodyBytes: 300 },
  bytesOf: ({ analyses }) => 100 * analyses.length,
  versionOf: (profile) => profile,
  nowMs: MADE_AT.getTime(),
};

test('a batch of the oldest that keeps every limit is right', () => {
  expect(wrongWith(some(0, 1, 2), before)).toEqual([]);
});

test.each([
  ['an empty batch', some(), before],
  ['an analysis twice in a batch', some(0, 0), before],
  ['an older one is left behind', some(0, 2), before],
  ['two modes', some(4, 5), before],
  ['5 requests instead of 4', some(0, 1, 2, 3, 4), before],
  ['4 hours instead of 3', some(0, 1, 2, 3), before],
  ['400 bytes instead of 300', some(0, 1, 2, 3), before],
  ['an analysis that does not wait', some(0), { ...before, waiting: [] }],
])('finds %s', (words, batch, known) => {
  expect(wrongWith(batch, known)).toContain(words);
});

test('a size that was too slow is a limit too', () => {
  const memory = { ...nothingRemembered, maxItems: 1 };
  expect(wrongWith(some(0, 1), { ...before, memory })).toEqual(['2 requests instead of 1']);
});

test('a profile that is refused is sent as a probe, when its time has come', () => {
  const memory = (seconds: number) => {
    const probeAt = atSecond(seconds).toISOString();
    return {
      ...nothingRemembered,
      refusedProfiles: { other: { refusals: 3, probeAt, reason: '' } },
    };
  };
  const held = { ...before, memory: memory(60) };
  expect(wrongWith(some(4), held)).toEqual(['analyses of a profile that is refused']);
  expect(wrongWith(some(4), { ...before, memory: memory(-60) })).toEqual([]);
});

import { expect, it } from 'vitest';
import type { FaultInput } from '../../../local/twelvelabs/faults/fault.ts';
import { startTestPipeline } from '../../support/test-pipeline.ts';

const VIDEOS = 12;
const DAY = 24 * 3_600;

/** Faults of every kind that do not outlast a day, each by chance. */
const weather: readonly FaultInput[] = [
  { kind: 'lose-request', probability: 0.05 },
  { kind: 'lose-reply', probability: 0.05 },
  { kind: 'answer', status: 502, body: 'html', probability: 0.05 },
  { kind: 'answer', status: 429, code: 'too_many_requests', probability: 0.05 },
  { kind: 'answer', status: 500, body: 'empty', afterWork: true, probability: 0.05 },
  { kind: 'cut', withinBytes: 500, probability: 0.05 },
  { kind: 'cut', withinBytes: 500, ending: 'clean', probability: 0.05 },
  { kind: 'slow-asset', ms: 600_000, probability: 0.2 },
  { kind: 'slow-item', ms: 3_600_000, probability: 0.2 },
  { kind: 'drop-line', probability: 0.1 },
  { kind: 'double-line', probability: 0.2 },
  { kind: 'garble-line', probability: 0.1 },
  { kind: 'unknown-line', probability: 0.1 },
  { kind: 'blank-line', probability: 0.2 },
  { kind: 'lose-webhook', probability: 0.3 },
  { kind: 'double-webhook', copies: 3, probability: 0.3 },
  { kind: 'delay-webhook', ms: 1_800_000, probability: 0.3 },
  { kind: 'forge-webhook', probability: 0.3 },
];

/** `SEED=… npm test` tries other weather. */
const seed = process.env['SEED'] ?? 'storm';

// A day and more of simulated time, minute by minute.
it('brings every video to its end through a storm of faults, and pays for each once', async () => {
  await using test = await startTestPipeline({ switches: { taskEvents: 'all' } });
  const { faults, ledger } = test.box;
  for (const fault of weather) faults.set({ ...fault, seed });
  const keys = Array.from({ length: VIDEOS }, (_, number) => `${number}.webm`);
  for (const key of keys) await test.drop(key);

  const rows = await test.letThemFinish(keys, DAY);

  const states = rows.flatMap((row) => row.analyses.map(({ state }) => state));
  const ends = JSON.stringify(rows.map(({ key, video, analyses }) => ({ key, video, analyses })));
  expect(states, ends).toEqual(keys.map(() => 'ready'));
  expect(ledger.paidTwice(), ends).toEqual([]);
  expect(ledger.billedItems()).toHaveLength(VIDEOS);
  expect(ledger.assets(), ends).toHaveLength(VIDEOS);
  expect(faults.list().filter(({ struck }) => struck > 0).length).toBeGreaterThan(12);
}, 400_000);

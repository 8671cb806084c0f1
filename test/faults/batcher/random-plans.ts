import { requestBytes } from '../../../functions/submit-batches/batch-request.ts';
import type { PlannedBatch } from '../../../functions/submit-batches/next-batch.ts';
import { alignedTable } from '../aligned-table.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { type Before, hoursOf, wrongWith } from './check-plan.ts';
import { type Answer, PretendedBatcher } from './pretended-batcher.ts';
import { tellNowAndThen } from './progress.ts';
import {
  randomWorkload,
  WORKLOAD_NOW,
  type Workload,
  workloadProfiles,
} from './random-workload.ts';

const WORKLOADS = 10_000;
/** No round of so few analyses takes so many creates. */
const FAR_TOO_MANY = 2_000;

interface Counts {
  batches: number;
  analyses: number;
  full: number;
  nearlyAllHours: number;
  nearlyAllBytes: number;
  refused: number;
  held: number;
}

/** Random workloads, each planned as a round does it: every batch keeps every limit. */
export async function randomPlans(dice: SeededDice): Promise<string[]> {
  console.log(`\n${WORKLOADS} random workloads, without a world`);
  const tell = tellNowAndThen();
  const counts: Counts = {
    batches: 0,
    analyses: 0,
    full: 0,
    nearlyAllHours: 0,
    nearlyAllBytes: 0,
    refused: 0,
    held: 0,
  };
  const broken: string[] = [];
  for (let number = 0; number < WORKLOADS; number += 1) {
    const words = planWorkload(randomWorkload(number, dice), number, dice, counts);
    broken.push(...words.map((each) => `workload ${number}: ${each}`));
    tell(() => `${number} of ${WORKLOADS}`);
  }
  console.log(
    alignedTable([
      ['batches', counts.batches],
      ['analyses in them', counts.analyses],
      ['batches with as many requests as may be', counts.full],
      ['  with over 80 % of the hours', counts.nearlyAllHours],
      ['  with over 80 % of the bytes', counts.nearlyAllBytes],
      ['  that were refused', counts.refused],
      ['analyses held back', counts.held],
      ['batches that broke a limit', broken.length],
    ]),
  );
  return broken.slice(0, 20);
}

const bytesOf = (batch: PlannedBatch) => requestBytes(batch, workloadProfiles);
const versionOf = (profile: string) => workloadProfiles.get(profile)?.version ?? '';

function planWorkload(workload: Workload, number: number, dice: SeededDice, counts: Counts) {
  const { waiting, limits, poisons, memory } = workload;
  const answer = (batch: PlannedBatch): Answer => {
    if (batch.analyses.some(({ pk }) => poisons.has(pk))) return 'refused';
    const chance = dice.fraction('answer', number, batcher.creates);
    return chance < 0.05
      ? 'too-large'
      : chance < 0.1
        ? 'too-slow'
        : chance < 0.12
          ? 'not-now'
          : 'taken';
  };
  const now = () => WORKLOAD_NOW;
  const pretence = { limits, bytesOf, profiles: workloadProfiles, now, answer };
  const batcher = new PretendedBatcher(waiting, pretence, memory);
  const wrong: string[] = [];
  const sent: string[] = [];
  let { slots } = workload;
  for (;;) {
    const nowMs = WORKLOAD_NOW.getTime();
    const before: Before = { ...batcher, limits, bytesOf, versionOf, nowMs };
    const next = batcher.sendNext(slots);
    if (!next || batcher.creates > FAR_TOO_MANY) break;
    if (slots.free <= 0) wrong.push('sent without a slot');
    const seen = before.waiting.filter((it) => !batcher.heldBack.includes(it));
    wrong.push(...wrongWith(next.batch, { ...before, waiting: seen }));
    count(next.batch, next.answer, before, counts);
    if (next.answer === 'not-now') break;
    if (next.answer === 'taken' || next.answer === 'too-slow') {
      sent.push(...next.batch.analyses.map(({ pk }) => pk));
      slots = { ...slots, free: slots.free - 1 };
    }
  }
  counts.held += batcher.heldBack.length;
  if (batcher.creates > FAR_TOO_MANY) wrong.push('the round never ends');
  if (new Set(sent).size !== sent.length) wrong.push('an analysis was sent twice');
  const left = batcher.waiting.length + batcher.setAside.length + batcher.heldBack.length;
  if (left + sent.length !== waiting.length) wrong.push('an analysis was lost');
  return wrong;
}

function count(batch: PlannedBatch, answer: Answer, { limits, memory }: Before, counts: Counts) {
  const items = batch.analyses.length;
  counts.batches += 1;
  counts.analyses += items;
  if (items === Math.min(limits.maxRequests, memory.maxItems ?? Infinity)) counts.full += 1;
  if (hoursOf(batch.analyses, limits) > 0.8 * limits.maxHours) counts.nearlyAllHours += 1;
  if (bytesOf(batch) > 0.8 * limits.maxBodyBytes) counts.nearlyAllBytes += 1;
  if (answer === 'refused') counts.refused += 1;
}

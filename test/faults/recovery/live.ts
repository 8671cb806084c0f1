import type { Blow, Call } from './calls.ts';
import type { RecoveryPipeline } from './recovery-pipeline.ts';
import type { Scenario } from './scenarios.ts';
import { isSettled, verdict } from './verdict.ts';
import type { Rows, World } from './world.ts';

/** What a life came to. */
export interface Life {
  readonly scenario: Scenario;
  readonly blows: readonly Blow[];
  /** All requests that functions made in it. */
  readonly calls: readonly Call[];
  /** From the first drop until every video and every analysis was final. */
  readonly minutes: number;
  /** Deaths that were planned, and did not come about. */
  readonly missed: readonly Blow[];
  /** What must not be, in words. */
  readonly broken: readonly string[];
}

export interface Wishes {
  readonly blows?: readonly Blow[];
  readonly mostSteps?: number;
  /** Functions that are never called. */
  readonly deaf?: readonly string[];
}

/** Several times as many as any life takes that ends well; most of its time passes in leaps. */
const MOST_STEPS = 200;
/** So that the clock has looked whether there is something to do. */
const LEAST_MINUTES = 2;
const STEP_SECONDS = 30;
/** So long before something is due time passes step by step. */
const NEAR_SECONDS = 90;
/** A batch that was sent and never shown is looked for a day, every few minutes: some of them will do. */
const LOOK_SECONDS = 7_200;

/** Lives a scenario from its beginning until nothing is left to do, with some invocations struck. */
export async function live(
  pipeline: RecoveryPipeline,
  scenario: Scenario,
  { blows = [], mostSteps = MOST_STEPS, deaf = [] }: Wishes = {},
): Promise<Life> {
  const { gate } = pipeline;
  await using world = await pipeline.begin({ ...scenario.options, deaf });
  gate.expect(blows);
  await scenario.begin(world);
  let minutes: number | undefined;
  for (let step = 0, isOver = false; !isOver && step < mostSteps; step++) {
    await passSome(world);
    const rows = await world.rows();
    if (await scenario.meanwhile?.(world, rows)) continue;
    if (isAnswered(scenario, rows)) minutes ??= world.minutes;
    const isLived = world.minutes >= LEAST_MINUTES && isSettled(scenario, rows);
    isOver = isLived && (await world.messages()).waiting === 0;
  }
  const { calls, missed } = gate;
  const broken = await verdict(scenario, world);
  return { scenario, blows, calls, minutes: minutes ?? world.minutes, missed, broken };
}

/** Half a minute; or, where nothing happens for longer, until shortly before the next row is due. */
async function passSome(world: World): Promise<void> {
  const { all } = await world.rows();
  const open = all.filter(({ stage }) => stage !== undefined);
  const due = open.flatMap(({ dueAt }) => (dueAt ? [Date.parse(dueAt)] : []));
  const isMoreLeft = open.some(({ state }) => state !== 'disowned');
  const waitSeconds = isMoreLeft ? (Math.min(...due) - world.clock.nowMs()) / 1000 : LOOK_SECONDS;
  const isFar = due.length > 0 && waitSeconds > NEAR_SECONDS + STEP_SECONDS;
  const isStill = isFar && !isBusy(world) && (await world.messages()).waiting === 0;
  if (isStill) await world.leap(waitSeconds - NEAR_SECONDS);
  else await world.letPass(STEP_SECONDS);
}

function isBusy({ box }: World): boolean {
  const isOver = ['completed', 'canceled', 'expired'];
  return box.batches().some(({ status }) => !isOver.includes(status));
}

/** Whether every video and every analysis is final; of the batches there may be something to note. */
function isAnswered(scenario: Scenario, { all, segments }: Rows): boolean {
  return isSettled(scenario, { all: all.filter(({ kind }) => kind !== 'batch'), segments });
}

import { type Blow, type Call, placeOf } from './calls.ts';
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
const STEP_SECONDS = 30;
/** So long before something is due time passes step by step. */
const NEAR_SECONDS = 90;

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
    isOver = isSettled(scenario, rows) && (await world.messages()).waiting === 0;
  }
  const { calls, missed } = gate;
  const unstruck = missed.map(({ at, how }) => `never struck ${how} ${placeOf(at)}`);
  const broken = [...unstruck, ...(await verdict(scenario, world))];
  return { scenario, blows, calls, minutes: minutes ?? world.minutes, missed, broken };
}

/** Half a minute; or, where nothing happens for longer, until shortly before the next row is due. */
async function passSome(world: World): Promise<void> {
  const { all } = await world.rows();
  const due = all.flatMap(({ dueAt }) => (dueAt ? [Date.parse(dueAt)] : []));
  const waitSeconds = (Math.min(...due) - world.clock.nowMs()) / 1000;
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

import * as z from 'zod';
import { clockMemoryKey } from '../../shared/store/keys.ts';
import { sendRequest } from '../../shared/twelvelabs/http.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import { type Check, logOf } from './examined.ts';
import { failed, type Line, moment, ok, span, warning } from './line.ts';

const MACHINE = "this machine's clock";
const PIPELINE = "the pipeline's clock";

/** Beyond this, moments that the doctor tells are not to be trusted. */
const WARN_SECONDS = 60;
/** Beyond this, TwelveLabs' signatures would be refused here, and AWS refuses ours. */
const FAIL_SECONDS = 300;
/** It ticks every minute: so long without one is no chance. */
const SILENT_SECONDS = 180;
const ANSWER_MS = 10_000;

/** How far this machine's clock is ahead of that of others; undefined where one did not tell. */
export interface MachineClockFacts {
  readonly awsOffsetSeconds: number | undefined;
  readonly providerOffsetSeconds: number | undefined;
}

/** When the pipeline's clock ticked, and since when there is one. */
export interface PipelineClockFacts {
  readonly tickedAt: string | undefined;
  readonly createdAt: Date;
  readonly now: Date;
  readonly log: string;
}

const tick = z.object({ tickedAt: z.iso.datetime() });

/** Whether this machine, and who talks to it, agree on the time. */
export const checkMachineClock: Check = {
  name: MACHINE,
  run: async ({ awsOffsetSeconds, output }) => {
    const providerOffsetSeconds = await offsetTo(output('TwelveLabsBaseUrl')).catch(
      () => undefined,
    );
    return [judgeMachineClock({ awsOffsetSeconds, providerOffsetSeconds })];
  },
};

/** Whether the function that wakes what is due runs. */
export const checkPipelineClock: Check = {
  name: PIPELINE,
  run: async (examined) => {
    const { table, stack, now } = examined;
    const row = tick.safeParse(await table().get(clockMemoryKey));
    return [
      judgePipelineClock({
        tickedAt: row.data?.tickedAt,
        createdAt: stack.createdAt,
        now: now(),
        log: await logOf(examined, 'WakeDue'),
      }),
    ];
  },
};

/** How far this machine's clock is ahead of the one that made a `Date` header. */
export function offsetBy(header: string | undefined, nowMs: number): number | undefined {
  const theirMs = Date.parse(header ?? '');
  return Number.isNaN(theirMs) ? undefined : (nowMs - theirMs) / 1000;
}

/** The line on this machine's clock. */
export function judgeMachineClock(facts: MachineClockFacts): Line {
  const told = [
    { who: 'AWS', seconds: facts.awsOffsetSeconds },
    { who: 'TwelveLabs', seconds: facts.providerOffsetSeconds },
  ].flatMap(({ who, seconds }) => (seconds === undefined ? [] : [{ who, seconds }]));
  if (told.length === 0) return warning(MACHINE, 'nobody answered with a time to compare it with');
  const worst = Math.max(...told.map(({ seconds }) => Math.abs(seconds)));
  if (worst <= WARN_SECONDS) {
    return ok(MACHINE, `agrees with ${told.map(({ who }) => who).join(' and ')}`);
  }
  const facing = told.map(
    ({ who, seconds }) =>
      `${span(Math.abs(seconds))} ${seconds > 0 ? 'ahead of' : 'behind'} ${who}`,
  );
  const line = worst > FAIL_SECONDS ? failed : warning;
  return line(MACHINE, `is ${facing.join(', ')}; set it right (NTP)`);
}

/** The line on the pipeline's clock. */
export function judgePipelineClock({ tickedAt, createdAt, now, log }: PipelineClockFacts): Line {
  const ask = `is the rule EveryMinute enabled?${log}`;
  if (tickedAt === undefined) {
    const age = (now.getTime() - createdAt.getTime()) / 1000;
    return age < SILENT_SECONDS
      ? warning(PIPELINE, 'has not ticked yet; the stack is new, ask again in a minute')
      : failed(PIPELINE, `(wake-due) never ran: ${ask}`);
  }
  const ago = secondsSince(tickedAt, now);
  if (ago <= SILENT_SECONDS) return ok(PIPELINE, `ticked ${span(Math.max(0, ago))} ago`);
  const since = `${moment(new Date(tickedAt))}, ${span(ago)} ago`;
  return failed(PIPELINE, `(wake-due) has not run since ${since}: ${ask}`);
}

/** Without a key: whatever it answers, it says its time. */
async function offsetTo(url: string): Promise<number | undefined> {
  const request = { method: 'GET', url, headers: {}, timeoutMs: ANSWER_MS };
  const response = await sendRequest(request);
  response.destroy();
  return offsetBy(response.headers.date, Date.now());
}

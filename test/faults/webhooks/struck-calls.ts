import type { Clock } from '../../../local/clock.ts';
import type { InvocationOutcome } from '../../../local/cloud/functions/invocation.ts';
import {
  type Call,
  interceptInvocations,
  type QueueRecord,
  recordsOf,
} from '../../support/intercept-invocations.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { START } from './world-pipeline.ts';
import type { World } from './worlds.ts';

/** What came to the functions, and what was kept from them. */
export interface Traffic {
  /** Requests that reached the receiver, by how it answered. */
  taken: number;
  refused: number;
  otherwise: number;
  /** Messages from the receiver that reached `collect-results`. */
  hints: number;
  messages: number;
  lostMessages: number;
  /** Minutes at which no schedule fired. */
  missedTicks: number;
}

const STOPPED_FROM_MINUTE = 15;
const STOPPED_MINUTES = 6 * 60;

/**
 * Stands between queues, schedules and requests and the functions, and keeps from these what the
 * world loses; dispose of the second to leave.
 */
export function strikeCalls(world: World, dice: SeededDice, clock: Clock): [Traffic, Disposable] {
  const { lostMessages = 0, isClockStopped = false } = world;
  const traffic = emptyTraffic();

  const deliver = async (call: Call, records: readonly QueueRecord[]) => {
    const kept = records.filter(({ body }) => {
      traffic.messages += 1;
      const isLost = dice.fraction('lost', traffic.messages) < lostMessages;
      return !isLost || isFromS3(body);
    });
    traffic.lostMessages += records.length - kept.length;
    if (call.functionName === 'CollectResults') traffic.hints += kept.filter(isHint).length;
    // Taken by nobody, and by all accounts handled: so its queue forgets it.
    return kept.length > 0 ? await call.run({ Records: kept }) : nothingDone;
  };

  const interception = interceptInvocations(async (call) => {
    const records = recordsOf(call.event);
    if (records.length > 0) return await deliver(call, records);
    if (call.functionName === 'WakeDue' && isClockStopped && isStopped(clock)) {
      traffic.missedTicks += 1;
      return nothingDone;
    }
    const outcome = await call.run(call.event);
    if (call.functionName === 'ReceiveWebhook') traffic[answerOf(outcome)] += 1;
    return outcome;
  });
  return [traffic, interception];
}

const nothingDone: InvocationOutcome = { ok: true, requestId: 'none', payload: null };

/** S3 keeps its event until it is taken, and no row can stand for it yet. */
function isFromS3(body: string): boolean {
  return 'Records' in JSON.parse(body);
}

function isHint({ body }: QueueRecord): boolean {
  return 'providerBatchId' in JSON.parse(body);
}

function isStopped(clock: Clock): boolean {
  const minute = (clock.nowMs() - START.getTime()) / 60_000;
  return minute >= STOPPED_FROM_MINUTE && minute < STOPPED_FROM_MINUTE + STOPPED_MINUTES;
}

function answerOf(outcome: InvocationOutcome): 'taken' | 'refused' | 'otherwise' {
  if (!outcome.ok) return 'otherwise';
  const { statusCode } = outcome.payload as { readonly statusCode?: number };
  return statusCode === 202 ? 'taken' : statusCode === 401 ? 'refused' : 'otherwise';
}

function emptyTraffic(): Traffic {
  return {
    taken: 0,
    refused: 0,
    otherwise: 0,
    hints: 0,
    messages: 0,
    lostMessages: 0,
    missedTicks: 0,
  };
}

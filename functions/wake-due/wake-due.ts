import { messageOf } from '../../shared/errors.ts';
import { stages } from '../../shared/lifecycle.ts';
import type { ClockMemory, ClockMemoryStore } from '../../shared/store/clock-memory.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import { type AuditRowsDeps, auditRows } from './audit-rows.ts';
import { type MeasureWaitingDeps, measureWaiting } from './measure-waiting.ts';
import { type WakeStageDeps, wakeStage } from './wake-stage.ts';

export type WakeDueDeps = WakeStageDeps &
  MeasureWaitingDeps &
  AuditRowsDeps & { readonly memory: ClockMemoryStore };

/** A clock that did not tick for so long has stood still. */
const GAP_SECONDS = 6 * 3_600;

/**
 * One tick of the clock: wakes what is due at each stage, counts now and then how much waits, and
 * audits a page of the table. What ails one part must not keep the others from their work.
 * @throws AggregateError of all that went wrong, once everything was tried
 */
export async function wakeDue(deps: WakeDueDeps): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act();
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  for (const stage of stages) await attempt(() => wakeStage(stage, deps));
  const couldNotWake = failures.length > 0;
  await attempt(async () => {
    const last = await deps.memory.read();
    const tickedAt = deps.now().toISOString();
    const measured = await attempt(() => measureWaiting(last.measuredAt, deps));
    const stoodStill = couldNotWake || isGap(last, deps.now());
    const runningSince = stoodStill ? tickedAt : (last.runningSince ?? tickedAt);
    const audit = await attempt(() => auditRows(last.audit, runningSince, deps));
    const next = { ...last, ...measured, ...(audit && { audit }), runningSince, tickedAt };
    await deps.memory.write(next);
  });
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
}

function isGap({ tickedAt }: ClockMemory, now: Date): boolean {
  return tickedAt === undefined || secondsSince(tickedAt, now) > GAP_SECONDS;
}

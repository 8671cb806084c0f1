import { messageOf } from '../../shared/errors.ts';
import { stages } from '../../shared/lifecycle.ts';
import type { ClockMemoryStore } from '../../shared/store/clock-memory.ts';
import { type AuditRowsDeps, auditRows } from './audit-rows.ts';
import { type MeasureWaitingDeps, measureWaiting } from './measure-waiting.ts';
import { type WakeStageDeps, wakeStage } from './wake-stage.ts';

export type WakeDueDeps = WakeStageDeps &
  MeasureWaitingDeps &
  AuditRowsDeps & { readonly memory: ClockMemoryStore };

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
  await attempt(async () => {
    const last = await deps.memory.read();
    const tickedAt = deps.now().toISOString();
    const measured = await attempt(() => measureWaiting(last.measuredAt, deps));
    const audit = await attempt(() => auditRows(last.audit, deps));
    await deps.memory.write({ ...last, ...measured, ...(audit && { audit }), tickedAt });
  });
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
}

import type { Work } from '../../../cli/cost/operations.ts';
import type { MeterReading } from '../../support/meter/meter.ts';

/** What the stack does anyway, and how much of that time passed. */
export interface Background {
  readonly idle: Work;
  readonly share: number;
}

type Numbers = Readonly<Record<string, number>>;

/**
 * What was done from one reading to the next, less what an idle stack would have done meanwhile.
 */
export function workBetween(
  before: MeterReading,
  after: MeterReading,
  background?: Background,
): Work {
  const { idle, share = 0 } = background ?? {};
  const was = { ...before.emulators, functions: before.functions };
  const is = { ...after.emulators, functions: after.functions };
  const known = ['invocations', 'cpuMs', 'awsCalls', 'providerCalls', 'logBytes'];
  return {
    functions: tables(is.functions, was.functions, idle?.functions, share, known),
    requests: less(is.requests, was.requests, idle?.requests, share),
    writes: tables(is.writes, was.writes, idle?.writes, share),
    readUnits: rounded(is.readUnits - was.readUnits - (idle?.readUnits ?? 0) * share),
    metrics: published(before, after).filter((it) => !idle?.metrics.includes(it)),
  } as Work;
}

/** What was published meanwhile; one that an idle stack publishes is paid there. */
function published({ metrics: before }: MeterReading, { metrics: after }: MeterReading): string[] {
  return Object.keys(after)
    .filter((it) => (after[it] ?? 0) > (before[it] ?? 0))
    .toSorted();
}

function tables(
  after: Readonly<Record<string, object>>,
  before: Readonly<Record<string, object>>,
  idle: Readonly<Record<string, object>> | undefined,
  share: number,
  names?: readonly string[],
): Record<string, Numbers> {
  const entries = Object.entries(after).map(([name, row]): [string, Numbers] => {
    const shown = names
      ? Object.fromEntries(Object.entries(row).filter(([it]) => names.includes(it)))
      : row;
    const numbers = less(
      shown as Numbers,
      (before[name] ?? {}) as Numbers,
      idle?.[name] as Numbers | undefined,
      share,
    );
    return [name, numbers];
  });
  return sorted(entries.filter(([, row]) => Object.values(row).some((it) => it !== 0)));
}

function less(
  after: Numbers,
  before: Numbers,
  idle: Numbers | undefined,
  share: number,
): Record<string, number> {
  const entries = Object.entries(after).map(([name, count]): [string, number] => [
    name,
    rounded(count - (before[name] ?? 0) - (idle?.[name] ?? 0) * share),
  ]);
  return sorted(entries.filter(([, count]) => count !== 0));
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The clock does now and then a little less than its share. */
function rounded(count: number): number {
  return Math.max(0, Math.round(count * 10) / 10);
}

import type { TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import type { FaultInput } from '../../../local/twelvelabs/faults/fault.ts';

const create = { operation: 'assets.create' } as const;
const list = { operation: 'assets.list' } as const;
/** Short, for all of the line waits. */
const soon = { headers: { 'retry-after': '2' } };

/** What befalls the requests of an upload, each by chance. */
const weather: readonly FaultInput[] = [
  { ...create, kind: 'lose-request', probability: 0.03 },
  { ...create, kind: 'lose-reply', probability: 0.05 },
  { ...create, kind: 'answer', status: 500, body: 'empty', afterWork: true, probability: 0.03 },
  { ...create, kind: 'answer', status: 429, ...soon, probability: 0.004 },
  { ...create, kind: 'answer', status: 429, body: 'empty', skip: 1_000, times: 1 },
  { ...list, kind: 'lose-reply', probability: 0.02 },
  { ...list, kind: 'answer', status: 500, body: 'html', probability: 0.02 },
];

/** Sets the faults; a seed takes its own course of the same chance. */
export function setUploadWeather({ faults }: TwelveLabsBox, seed: number): void {
  for (const fault of weather) faults.set({ ...fault, seed: String(seed) });
}

/** A line for each fault that was set, with how often it struck. */
export function weatherRows({ faults }: TwelveLabsBox): [string, number][] {
  return faults.list().map(({ fault, struck }) => {
    const { operation = '' } = 'operation' in fault ? fault : {};
    const status = fault.kind === 'answer' ? ` ${fault.status}` : '';
    const when = fault.kind === 'answer' && fault.afterWork ? ' after the work' : '';
    return [`  ${operation}: ${fault.kind}${status}${when}`, struck];
  });
}

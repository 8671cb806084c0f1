import type { Clock } from '../../../local/clock.ts';
import { lambda, permission, ref, role } from './assembly.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

const telling = {
  text: `
    export const handler = async (event) => {
      console.log(JSON.stringify({ now: Date.now(), fresh: new Date().toISOString(), event }));
      if (event.fail || event.Records?.[0].body === 'fail') throw new Error('as asked');
      return { now: Date.now() };
    };`,
};

/** What the function says of one invocation. */
export interface Told {
  readonly now: number;
  readonly fresh: string;
  readonly event: Record<string, unknown>;
}

/** A function that tells the time and its event; `resources` are what else there is. */
export function startTellingCloud(
  resources: Record<string, unknown>,
  clock?: Clock,
): Promise<TestCloud> {
  return startTestCloud(
    {
      handlers: { telling },
      resources: {
        Role: role,
        Tell: lambda('telling'),
        Permission: permission('Tell', 'events'),
        ...resources,
      },
      outputs: 'Work' in resources ? { Queue: { Value: ref('Work') } } : {},
    },
    clock ? { clock } : {},
  );
}

/** What the functions have told so far. */
export function told(running: TestCloud): Told[] {
  return running.log
    .filter(({ stream }) => stream === 'stdout')
    .map(({ text }) => JSON.parse(text) as Told);
}

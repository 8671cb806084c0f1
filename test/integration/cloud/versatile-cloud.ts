import { lambda, role, type TestStack } from './assembly.ts';
import { shareCloud } from './shared-cloud.ts';

const versatile = {
  text: `
    import { setTimeout as sleep } from 'node:timers/promises';
    let calls = 0;
    export const handler = async ({ act, ms }, context) => {
      calls++;
      if (act === 'throw') throw new RangeError('boom');
      if (act === 'exit') process.exit(3);
      if (act === 'spin') for (;;);
      if (act === 'hang') await new Promise(() => {});
      if (act === 'reject') { Promise.reject(new Error('unseen')); await sleep(1000); }
      if (act === 'raise') { setImmediate(() => { throw new Error('raised'); }); await sleep(1000); }
      const before = context.getRemainingTimeInMillis();
      if (act === 'sleep') await sleep(ms);
      const after = context.getRemainingTimeInMillis();
      const { awsRequestId, functionName, memoryLimitInMB, invokedFunctionArn } = context;
      return {
        calls, pid: process.pid, before, after, environment: process.env, now: Date.now(),
        context: { awsRequestId, functionName, memoryLimitInMB, invokedFunctionArn },
      };
    };`,
};

/** What the function tells of an invocation, of its process and of its surroundings. */
export interface Answer {
  readonly calls: number;
  readonly pid: number;
  readonly before: number;
  readonly after: number;
  readonly now: number;
  readonly environment: Record<string, string>;
  readonly context: Record<string, string>;
}

/** One cloud for the calling file, with a function that does what `act` of its event says. */
export function shareVersatileCloud(more: Partial<TestStack> = {}) {
  const running = shareCloud(
    {
      handlers: { versatile, ...more.handlers },
      resources: {
        Role: role,
        Versatile1A2B3C4D: lambda('versatile', {
          Timeout: 1,
          MemorySize: 128,
          Environment: { Variables: { BASE_URL: 'https://example.com', NUMBER: 5 } },
        }),
        ...more.resources,
      },
    },
    { environment: { BASE_URL: 'http://127.0.0.1:1/v1.3' } },
  );
  async function answer(event: object): Promise<Answer> {
    const outcome = await running().cloud.invoke('Versatile', event);
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    return outcome.payload as Answer;
  }
  return { running, answer };
}

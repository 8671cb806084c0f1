import { afterAll, beforeAll, expect, it } from 'vitest';
import { lambda, role } from './assembly.ts';
import { START, startTestCloud, type TestCloud } from './test-cloud.ts';

const handlers = {
  versatile: {
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
  },
  brokenAtInit: { text: `throw new Error('no luck');` },
  withoutHandler: { text: `export const other = 1;` },
  withCallback: { text: `export const handler = (event, context, callback) => callback(null, 1);` },
  greedy: {
    text: `export const handler = async () => {
      for (const all = []; ; ) all.push(new Array(1e5).fill({}));
    };`,
  },
  unbundled: { text: `import 'fastify'; export const handler = async () => 1;` },
};

interface Answer {
  readonly calls: number;
  readonly pid: number;
  readonly before: number;
  readonly after: number;
  readonly now: number;
  readonly environment: Record<string, string>;
  readonly context: Record<string, string>;
}

let running: TestCloud;

beforeAll(async () => {
  process.env['TWELVE_LABS_API_KEY'] = 'not for functions';
  running = await startTestCloud(
    {
      handlers,
      resources: {
        Role: role,
        Versatile1A2B3C4D: lambda('versatile', {
          Timeout: 1,
          MemorySize: 128,
          Environment: { Variables: { BASE_URL: 'https://example.com', NUMBER: 5 } },
        }),
        BrokenAtInit: lambda('brokenAtInit'),
        WithoutHandler: lambda('withoutHandler'),
        WithCallback: lambda('withCallback'),
        Unbundled: lambda('unbundled'),
        Greedy: lambda('greedy', { Timeout: 60, MemorySize: 128 }),
      },
    },
    { environment: { BASE_URL: 'http://127.0.0.1:1/v1.3' } },
  );
});
afterAll(() => running[Symbol.asyncDispose]());

async function answer(event: object): Promise<Answer> {
  const outcome = await running.cloud.invoke('Versatile', event);
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  return outcome.payload as Answer;
}

it('keeps an environment warm, and gives the next event to it', async () => {
  const first = await answer({});
  const second = await answer({});

  expect(second.pid).toBe(first.pid);
  expect(second.calls).toBe(first.calls + 1);
});

it('tells the remaining time truthfully', async () => {
  const { before, after } = await answer({ act: 'sleep', ms: 300 });

  expect(before).toBeLessThanOrEqual(1000);
  expect(before).toBeGreaterThan(800);
  expect(before - after).toBeGreaterThanOrEqual(299);
});

it('passes on what Lambda would, and nothing of ours', async () => {
  const { environment, context, now } = await answer({});

  expect(environment).toMatchObject({
    BASE_URL: 'http://127.0.0.1:1/v1.3',
    NUMBER: '5',
    AWS_LAMBDA_FUNCTION_NAME: 'Test-Versatile1A2B3C4D',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: running.cloud.endpoints.s3,
    AWS_ENDPOINT_URL_SQS: running.cloud.endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: running.cloud.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: running.cloud.endpoints.secretsManager,
  });
  expect(environment).not.toHaveProperty('TWELVE_LABS_API_KEY');
  expect(environment).not.toHaveProperty('HOME');
  expect(context).toEqual({
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    functionName: 'Test-Versatile1A2B3C4D',
    memoryLimitInMB: '128',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Test-Versatile1A2B3C4D',
  });
  expect(now).toBe(START.getTime());
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { lambda, role } from './assembly.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

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

it.each([
  ['hang', 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
  ['spin', 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
  ['exit', 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
  ['reject', 'Runtime.UnhandledPromiseRejection', 'unseen'],
  ['raise', 'Error', 'raised'],
])(
  'fails an invocation whose code does %s, and gives the next a fresh process',
  async (act, errorType, errorMessage) => {
    const before = await answer({});

    const outcome = await running.cloud.invoke('Versatile', { act });

    expect(outcome).toMatchObject({ ok: false, error: { errorType, errorMessage } });
    const after = await answer({});
    expect(after.pid).not.toBe(before.pid);
    expect(after.calls).toBe(1);
  },
);

it('fails an invocation whose code throws, and keeps the process as Lambda does', async () => {
  const before = await answer({});

  const outcome = await running.cloud.invoke('Versatile', { act: 'throw' });

  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: 'RangeError', errorMessage: 'boom' },
  });
  expect((await answer({})).pid).toBe(before.pid);
  expect(running.logText()).toContain('failed: RangeError: boom');
});

it.each([
  ['BrokenAtInit', 'Error', 'no luck'],
  ['WithoutHandler', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
  ['WithCallback', 'Runtime.CallbackHandlerDeprecated', expect.any(String)],
  ['Unbundled', 'Error', expect.stringContaining("Cannot find package 'fastify'")],
])(
  'fails every invocation of %s, which can not be loaded',
  async (name, errorType, errorMessage) => {
    for (const _time of ['first', 'second']) {
      expect(await running.cloud.invoke(name, {})).toMatchObject({
        ok: false,
        error: { errorType, errorMessage },
      });
    }
  },
);

it('fails an invocation that takes more memory than it has', async () => {
  expect(await running.cloud.invoke('Greedy', {})).toMatchObject({
    ok: false,
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^Runtime exited with error: /),
    },
  });
});

import { expect, it } from 'vitest';
import { lambda } from './assembly.ts';
import { shareVersatileCloud } from './versatile-cloud.ts';

const handlers = {
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

const { running, answer } = shareVersatileCloud({
  handlers,
  resources: {
    BrokenAtInit: lambda('brokenAtInit'),
    WithoutHandler: lambda('withoutHandler'),
    WithCallback: lambda('withCallback'),
    Unbundled: lambda('unbundled'),
    Greedy: lambda('greedy', { Timeout: 60, MemorySize: 128 }),
  },
});

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

    const outcome = await running().cloud.invoke('Versatile', { act });

    expect(outcome).toMatchObject({ ok: false, error: { errorType, errorMessage } });
    const after = await answer({});
    expect(after.pid).not.toBe(before.pid);
    expect(after.calls).toBe(1);
  },
);

it('fails an invocation whose code throws, and keeps the process as Lambda does', async () => {
  const before = await answer({});

  const outcome = await running().cloud.invoke('Versatile', { act: 'throw' });

  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: 'RangeError', errorMessage: 'boom' },
  });
  expect((await answer({})).pid).toBe(before.pid);
  expect(running().logText()).toContain('failed: RangeError: boom');
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
      expect(await running().cloud.invoke(name, {})).toMatchObject({
        ok: false,
        error: { errorType, errorMessage },
      });
    }
  },
);

it('fails an invocation that takes more memory than it has', async () => {
  expect(await running().cloud.invoke('Greedy', {})).toMatchObject({
    ok: false,
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^Runtime exited with error: /),
    },
  });
});

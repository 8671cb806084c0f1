// Runs one execution environment: loads a function's handler, then calls it as Lambda's own
// runtime would, one event at a time. Plain JavaScript, since every cold start pays for loading it.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

let handler;
/** Sends the answer to the request under way. */
let answer = () => {};

process.channel.ref();
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group of processes; the host decides when we end.
process.on('SIGINT', () => {});
process.on('unhandledRejection', (reason) =>
  endWith({ ...describe(reason), errorType: 'Runtime.UnhandledPromiseRejection' }, 128),
);
process.on('uncaughtException', (error) => endWith(describe(error), 129));
process.on('message', async ({ type, sequence, name, payload }) => {
  if (type !== 'request') return;
  answer = (value) => process.send({ type: 'reply', sequence, value });
  try {
    answer(name === 'load' ? await load(payload) : await invoke(payload));
  } catch (error) {
    answer({ error: describe(error) });
  }
  answer = () => {};
});

async function load({ directory, handlerName }) {
  const [, file, exported] = /^(.*\/?[^./]*)\.(.+)$/.exec(handlerName);
  const found = ['.js', '.mjs', '.cjs']
    .map((extension) => path.join(directory, file + extension))
    .find((candidate) => existsSync(candidate));
  if (!found) throw named('Runtime.ImportModuleError', `Cannot find module '${file}'`);
  const module = await import(pathToFileURL(found).href);
  handler = [module, module.default]
    .map((scope) => exported.split('.').reduce((value, key) => value?.[key], scope))
    .find((value) => value !== undefined);
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (handler.length > 2) {
    throw named('Runtime.CallbackHandlerDeprecated', 'a handler takes no callback on Node.js 24');
  }
  return {};
}

async function invoke({ event, requestId, remainingMs, context, traceId }) {
  process.env._X_AMZN_TRACE_ID = traceId;
  const deadlineMs = performance.now() + remainingMs;
  const result = await handler(JSON.parse(event), {
    ...context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadlineMs - performance.now())),
  });
  return { payload: JSON.stringify(result) ?? 'null' };
}

function endWith(error, status) {
  answer({ error, fatal: true });
  process.stderr.write(`${error.errorType}: ${error.errorMessage}\n`, () => process.exit(status));
}

function describe(thrown) {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), stackTrace: [] };
  }
  const stackTrace = (thrown.stack ?? '').split('\n');
  return { errorType: thrown.name, errorMessage: thrown.message, stackTrace };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

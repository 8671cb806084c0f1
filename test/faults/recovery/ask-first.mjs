// Preloaded into each function: before every request that it sends to the outside it asks the campaign
// whether to go on, and dies where it is told to. Plain JavaScript, since every cold start loads it.
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
// It listens from now on, too: messages are kept for the first listener only.
import '../../../local/follow-clock.mjs';

const { searchParams } = new URL(import.meta.url);
const functionName = searchParams.get('function');
const gate = connect(Number(searchParams.get('port')), '127.0.0.1');
const waiting = [];
let requestId;

gate.setNoDelay();
gate.unref();
const verdicts = createInterface({ input: gate });
verdicts.on('line', (verdict) => waiting.shift()?.(verdict));
// The campaign is over, and so are we in a moment.
for (const each of [gate, verdicts]) each.on('error', () => {});

process.on('message', ({ type, name, payload }) => {
  if (type === 'request' && name === 'invoke') requestId = payload.requestId;
});

const { addRequest } = Agent.prototype;
/** Every request passes here, once its head is known and before anything of it is sent. */
Agent.prototype.addRequest = function askFirst(request, ...others) {
  gate.write(`${JSON.stringify({ functionName, requestId, name: nameOf(request) })}\n`);
  waiting.push((verdict) => {
    if (verdict === 'before') die();
    if (verdict === 'after') request.prependOnceListener('response', die);
    addRequest.call(this, request, ...others);
  });
};

/** At once: nothing that is still in our memory is sent any more. */
function die() {
  process.kill(process.pid, 'SIGKILL');
}

/** The service and what is asked of it, without whatever differs from one video to the next. */
function nameOf(request) {
  const [target, operation] = String(request.getHeader('x-amz-target') ?? '').split('.');
  if (operation) return `${target.toLowerCase().replace(/^amazon|_\d+$/g, '')} ${operation}`;
  const { pathname, searchParams: query } = new URL(request.path, 'http://any');
  if (request.getHeader('authorization')?.startsWith('AWS4')) {
    return `s3 ${query.get('x-id') ?? request.method}`;
  }
  const path = pathname.replace(/^\/v[\d.]+/, '').replaceAll(/\/([0-9a-f]{16,}|\d+)\b/g, '/ID');
  return `twelvelabs ${request.method} ${path}`;
}

/** Preloaded into the processes of functions: tells after each invocation what it took. */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { METER_LINE } from './readings.ts';

let awsCalls = 0;
let providerCalls = 0;
let cpu = process.cpuUsage();
let isLoading = true;

subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest };
  if (String(request.getHeader('user-agent')).startsWith('aws-sdk-js')) awsCalls += 1;
  else providerCalls += 1;
});

process.on('message', ({ type, name }: { type?: string; name?: string }) => {
  if (type !== 'request') return;
  isLoading = name === 'load';
  // Of a load all counts that came before, as on Lambda.
  if (!isLoading) cpu = process.cpuUsage();
});

const send = process.send?.bind(process) as ((message: object) => boolean) | undefined;
process.send = (message: { type?: string }) => {
  if (message.type === 'reply') tell();
  return send?.(message) ?? false;
};

function tell(): void {
  const { user, system } = process.cpuUsage(cpu);
  const what = isLoading ? 'load' : 'invoke';
  const took = { what, cpuMs: (user + system) / 1000, awsCalls, providerCalls };
  process.stdout.write(`${METER_LINE}${JSON.stringify(took)}\n`);
  [awsCalls, providerCalls] = [0, 0];
}

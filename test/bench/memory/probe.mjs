// Preloaded into each function of the local cloud: notes what loading it and each invocation took, a
// JSON line each, beside the code that is measured and without touching it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { peakBytes } from '../peak-bytes.cjs';

const { PROBE_FOLDER = '', PROBE_FUNCTION: folder } = process.env;
const file = join(PROBE_FOLDER, `${process.pid}.jsonl`);
const send = process.send.bind(process);
let began;

process.on('message', ({ type, name }) => {
  if (type === 'request') began = { name, cpu: process.cpuUsage(), ms: performance.now() };
});

process.send = (message, ...others) => {
  if (message?.type === 'reply' && began) note(began);
  return send(message, ...others);
};

function note({ name, cpu, ms }) {
  const wallMs = performance.now() - ms;
  const { user, system } = process.cpuUsage(cpu);
  const line = { folder, name, wallMs, cpuMs: (user + system) / 1_000, peakBytes: peakBytes() };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  began = undefined;
}

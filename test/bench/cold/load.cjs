// Loads one bundle as Lambda's runtime would and tells what that took. Plain JavaScript in a process
// of its own, so that nothing of ours is loaded before.
const { performance } = require('node:perf_hooks');
const { peakBytes } = require('../peak-bytes.cjs');

const file = process.argv[2];
const cpuBefore = process.cpuUsage();
const beganMs = performance.now();
const { handler } = require(file);
const loadedMs = performance.now();
const { user, system } = process.cpuUsage(cpuBefore);
if (typeof handler !== 'function') throw new TypeError(`${file} exports no handler`);
const took = {
  loadMs: loadedMs - beganMs,
  processMs: loadedMs,
  cpuMs: (user + system) / 1_000,
  rssMebibytes: peakBytes() / 1024 ** 2,
};
// Clients keep no process alive, but a timer might.
process.stdout.write(JSON.stringify(took), () => process.exit());

// Plain JavaScript, for processes that are measured: to strip types would be a part of what they take.
const { readFileSync } = require('node:fs');

/** The most memory that this process has had. Linux counts in `maxRSS` what its parent had, too. */
exports.peakBytes = () => {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kilobytes) * 1024;
};

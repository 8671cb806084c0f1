import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The most memory (`VmHWM`, in bytes) that any process of a function has had so far, of those that
 * run now; 0 when none does, or where there is no `/proc`. The local cloud runs each in a folder
 * named after it.
 */
export function peakMemoryOf(functionPrefix: string): number {
  const peaks = childProcesses()
    .filter((pid) => folderOf(pid).startsWith(functionPrefix))
    .map(peakOf);
  return Math.max(0, ...peaks);
}

function childProcesses(): string[] {
  if (!existsSync('/proc/self/task')) return [];
  const tasks = readdirSync('/proc/self/task');
  return tasks.flatMap((task) =>
    read(`/proc/self/task/${task}/children`).split(' ').filter(Boolean),
  );
}

function peakOf(pid: string): number {
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1024;
}

function folderOf(pid: string): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/cwd`));
  } catch {
    return '';
  }
}

/** A process may be gone by now. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

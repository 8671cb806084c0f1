/** A process as `ps` shows it. */
export interface RunningProcess {
  readonly pid: number;
  readonly groupId: number;
  readonly command: string;
}

/** The arguments to `ps` for what `readProcesses` reads. */
export const PS_ARGUMENTS = ['-A', '-ww', '-o', 'pid=,pgid=,args='];

/** Reads the lines of `ps`. */
export function readProcesses(lines: string): RunningProcess[] {
  return lines.split('\n').flatMap((line) => {
    const [, pid, groupId, command] = /^\s*(\d+)\s+(\d+)\s+(\S.*)$/.exec(line) ?? [];
    return command ? [{ pid: Number(pid), groupId: Number(groupId), command }] : [];
  });
}

/**
 * Those that run a function: ministack starts `node` on a file in a folder that it names after the
 * function.
 */
export function processesOf(
  functionName: string,
  processes: readonly RunningProcess[],
): RunningProcess[] {
  return processes.filter(({ command }) => command.includes(`/ministack-lambda-${functionName}-`));
}

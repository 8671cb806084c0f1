import type { FunctionLogLine } from '../../../local/cloud/functions/invocation.ts';

/** What the clock did, by the metrics that its function publishes in its log. */
export interface RowsWoken {
  woken: number;
  /** Of these the ones that a message should have woken. */
  rescued: number;
  readonly hear: (line: FunctionLogLine) => void;
}

/** Adds up the metrics of the clock; to be told of each line that a function logs. */
export function countRowsWoken(): RowsWoken {
  const rows: RowsWoken = {
    woken: 0,
    rescued: 0,
    hear: ({ functionLogicalId, text }) => {
      if (!functionLogicalId.startsWith('WakeDue') || !text.includes('"_aws"')) return;
      const { RowsWoken: woken = 0, RowsRescued: rescued = 0 } = JSON.parse(text);
      rows.woken += Number(woken);
      rows.rescued += Number(rescued);
    },
  };
  return rows;
}

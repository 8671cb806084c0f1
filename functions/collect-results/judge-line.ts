import type { Analysis } from '../../shared/analysis.ts';
import type { ResultLine } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';

/** What one result line means for the analysis it names. */
export type Fate =
  | { readonly kind: 'open' }
  | { readonly kind: 'ready'; readonly data: NonNullable<ResultLine['data']> }
  | { readonly kind: 'again'; readonly reason: Reason; readonly counted: Counters }
  | { readonly kind: 'failed'; readonly reason: Reason };

/** How often an analysis has come back from a batch, and why; none of it is billed. */
export type Counters = Pick<Analysis, 'setbacks' | 'notRun'>;

/** So often at most does the provider fail an analysis. */
const MAX_FAILURES = 3;
/** So often at most does a batch end before it was the turn of an analysis: that is not its fault. */
const MAX_NOT_RUN = 20;

/** Failures that the same video and prompt will meet again (error codes page; Create a batch). */
const HOPELESS = /^(parameter_|video_|resource_not_exist|asset_unavailable|token_limit)/;

/**
 * Decides by the line alone. `error.code` may be absent: then a failure is worth another try. A ready
 * line whose data is not there yet stays open, for it is paid.
 */
export function judgeLine(line: ResultLine, { setbacks, notRun = 0 }: Counters): Fate {
  switch (line.status) {
    case 'ready':
      return line.data ? { kind: 'ready', data: line.data } : { kind: 'open' };
    case 'failed': {
      const code = line.error?.code ?? 'analysis_failed';
      const reason = providerReason(code, line.error?.message ?? 'the provider gave no reason');
      if (HOPELESS.test(code)) return { kind: 'failed', reason };
      const times = setbacks + 1;
      if (times < MAX_FAILURES)
        return { kind: 'again', reason, counted: { setbacks: times, notRun } };
      return { kind: 'failed', reason: more(reason, `try ${times} of ${MAX_FAILURES}`) };
    }
    case 'canceled':
      return judgeNotRun(
        providerReason(
          line.error?.code ?? 'analysis_canceled',
          line.error?.message ?? 'its batch was canceled or expired before it began',
        ),
        { setbacks, notRun },
      );
    default:
      return { kind: 'open' };
  }
}

/** What becomes of an analysis whose batch ended before its turn came. */
export function judgeNotRun(
  reason: Reason,
  { setbacks, notRun = 0 }: Counters,
): Extract<Fate, { readonly reason: Reason }> {
  const times = notRun + 1;
  if (times < MAX_NOT_RUN) return { kind: 'again', reason, counted: { setbacks, notRun: times } };
  return { kind: 'failed', reason: more(reason, `batch ${times} of ${MAX_NOT_RUN}`) };
}

function more({ code, message }: Reason, words: string): Reason {
  return { code, message: `${message} (${words})` };
}

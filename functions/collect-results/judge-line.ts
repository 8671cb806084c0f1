import type { Analysis } from '../../shared/analysis.ts';
import type { ResultLine } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';

/** What one result line means for the analysis it names. */
export type Fate =
  | { readonly kind: 'open' }
  | { readonly kind: 'ready'; readonly data: NonNullable<ResultLine['data']> }
  | { readonly kind: 'again'; readonly reason: Reason }
  | { readonly kind: 'failed'; readonly reason: Reason };

/** So often at most is an analysis tried; failed and canceled tries are not billed. */
const MAX_TRIES = 3;

/** Failures that the same video and prompt will meet again (error codes page; Create a batch). */
const HOPELESS = /^(parameter_|video_|resource_not_exist|asset_unavailable|token_limit)/;

/**
 * Decides by the line alone. `error.code` may be absent: then a failure is worth another try. A ready
 * line whose data is not there yet stays open, for it is paid.
 */
export function judgeLine(line: ResultLine, analysis: Pick<Analysis, 'setbacks'>): Fate {
  switch (line.status) {
    case 'ready':
      return line.data ? { kind: 'ready', data: line.data } : { kind: 'open' };
    case 'failed': {
      const code = line.error?.code ?? 'analysis_failed';
      const reason = providerReason(code, line.error?.message ?? 'the provider gave no reason');
      return HOPELESS.test(code) ? { kind: 'failed', reason } : again(analysis, reason);
    }
    case 'canceled':
      return again(
        analysis,
        providerReason(
          line.error?.code ?? 'analysis_canceled',
          line.error?.message ?? 'its batch was canceled or expired before it began',
        ),
      );
    default:
      return { kind: 'open' };
  }
}

function again({ setbacks }: Pick<Analysis, 'setbacks'>, reason: Reason): Fate {
  const tries = setbacks + 1;
  if (tries < MAX_TRIES) return { kind: 'again', reason };
  return {
    kind: 'failed',
    reason: { ...reason, message: `${reason.message} (try ${tries} of ${MAX_TRIES})` },
  };
}

import type { Analysis } from '../../shared/analysis.ts';
import type { ResultLine } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';

/** What one result line means for the analysis it names. */
export type Fate =
  | { readonly kind: 'open' }
  | { readonly kind: 'ready'; readonly data: NonNullable<ResultLine['data']> }
  | { readonly kind: 'again'; readonly reason: Reason }
  | { readonly kind: 'failed'; readonly reason: Reason };

/** An analysis is tried so often at most; failed and canceled attempts are not billed. */
const MAX_ATTEMPTS = 3;

/** Failures that the same video and prompt will meet again (error codes page; Create a batch). */
const HOPELESS = /^(parameter_|video_|resource_not_exist|asset_unavailable|token_limit)/;

/** Decides by the line alone; `error.code` may be absent, then a failure is worth another try. */
export function judgeLine(line: ResultLine, analysis: Pick<Analysis, 'attempt'>): Fate {
  switch (line.status) {
    case 'ready':
      return line.data
        ? { kind: 'ready', data: line.data }
        : again(analysis, { code: 'result_empty', message: 'a ready line without data' });
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

function again({ attempt }: Pick<Analysis, 'attempt'>, reason: Reason): Fate {
  if (attempt < MAX_ATTEMPTS) return { kind: 'again', reason };
  const message = `${reason.message} (attempt ${attempt} of ${MAX_ATTEMPTS})`;
  return { kind: 'failed', reason: { code: reason.code, message } };
}

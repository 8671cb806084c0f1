import { type ProviderError, ProviderRefusedError } from '../../shared/twelvelabs/errors.ts';

/**
 * What an answer to the creation of a batch means.
 *
 * `refused`: for what is in it, whole. `too-large`: for its size. `not-now`: for the key, the plan, a
 * slot or the rate, or because it can't have arrived. `denied`: the provider says that it made none,
 * after it had begun to (Create a batch: 503, 504). `doubt`: no answer that tells; a gateway's, in
 * words that are not the API's, is none either.
 */
export type Verdict = 'refused' | 'too-large' | 'not-now' | 'denied' | 'doubt';

/** 403 with a code about who asks (`api_allowed_for_paid_plan`), not about what is asked. */
const ABOUT_KEY_OR_PLAN = /api_|key|plan|quota|limit|billing|payment|credit|account/;

export function verdictOn(error: ProviderError): Verdict {
  if (!(error instanceof ProviderRefusedError)) return error.mayHaveArrived ? 'doubt' : 'not-now';
  const { status, providerCode } = error;
  if (status === 413) return 'too-large';
  if ([401, 402, 429].includes(status)) return 'not-now';
  if (status === 403 && ABOUT_KEY_OR_PLAN.test(providerCode)) return 'not-now';
  if (status >= 400 && status < 500 && status !== 408) return 'refused';
  return [503, 504].includes(status) && providerCode !== `http_${status}` ? 'denied' : 'doubt';
}

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

export function verdictOn(error: ProviderError): Verdict {
  if (!(error instanceof ProviderRefusedError)) return error.mayHaveArrived ? 'doubt' : 'not-now';
  const { status, providerCode } = error;
  if ([400, 404, 409, 422].includes(status)) return 'refused';
  // Of another's asset; or from a firewall that dislikes some words. The API has codes for key and plan.
  if (status === 403 && ['read_not_allowed', 'http_403'].includes(providerCode)) return 'refused';
  if (status === 413) return 'too-large';
  if ([401, 402, 403, 429].includes(status)) return 'not-now';
  return [503, 504].includes(status) && providerCode !== `http_${status}` ? 'denied' : 'doubt';
}

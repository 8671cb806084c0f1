import { expect, it } from 'vitest';
import { type Verdict, verdictOn } from '../../../../functions/submit-batches/verdict.ts';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import { refusal } from './batcher-parts.ts';

it.each<[number, string | undefined, Verdict]>([
  [400, 'parameter_invalid', 'refused'],
  [400, undefined, 'refused'],
  [404, 'asset_not_found', 'refused'],
  [409, 'asset_not_ready', 'refused'],
  [422, 'unprocessable', 'refused'],
  [422, undefined, 'refused'],
  [403, 'read_not_allowed', 'refused'],
  [403, undefined, 'refused'],
  [403, 'api_not_allowed', 'not-now'],
  [413, 'payload_too_large', 'too-large'],
  [413, undefined, 'too-large'],
  [401, 'api_key_invalid', 'not-now'],
  [401, undefined, 'not-now'],
  [402, 'payment_required', 'not-now'],
  [429, 'too_many_requests', 'not-now'],
  [429, undefined, 'not-now'],
  [503, 'service_unavailable', 'denied'],
  [504, 'timeout', 'denied'],
  [503, undefined, 'doubt'],
  [504, undefined, 'doubt'],
  [503, 'http_504', 'denied'],
  [500, 'internal', 'doubt'],
  [500, undefined, 'doubt'],
  [502, 'bad_gateway', 'doubt'],
  [505, undefined, 'doubt'],
  [520, undefined, 'doubt'],
  [408, 'request_timeout', 'doubt'],
  [405, undefined, 'refused'],
  [451, 'unavailable_for_legal_reasons', 'refused'],
  [403, 'content_not_allowed', 'refused'],
  [403, 'api_allowed_for_paid_plan', 'not-now'],
  [301, undefined, 'doubt'],
  [307, undefined, 'doubt'],
  [0, undefined, 'doubt'],
])('an answer with %d and the code %s is: %s', (status, code, verdict) => {
  expect(verdictOn(refusal(status, code))).toBe(verdict);
});

it.each<[string, { mayHaveArrived?: boolean }, Verdict]>([
  ['that may have arrived', { mayHaveArrived: true }, 'doubt'],
  ['of which nothing more is known', {}, 'doubt'],
  ['that can not have arrived', { mayHaveArrived: false }, 'not-now'],
])('silence after a request %s (%j) is: %s', (_, options, verdict) => {
  expect(verdictOn(new ProviderSilentError('no answer', options))).toBe(verdict);
});

import { expect, it } from 'vitest';
import {
  planNewSecret,
  planRetirement,
  realSecretsIn,
} from '../../../../cli/setup/plan-webhook-secrets.ts';
import { webhookSecretsIn } from '../../../../shared/secrets.ts';

const GENERATED = 'aB3,defghijklmnopqrstuvwxyz01234';
const json = (current: string, previous?: string) => JSON.stringify({ current, previous });

it.each([
  ['what the deployment made up', json(GENERATED), ['whsec_new1'], false, false],
  ['nothing', '', ['whsec_new1'], false, false],
  ['what is no secret', '["whsec_old"]', ['whsec_new1'], false, false],
  ['one', json('whsec_old1'), ['whsec_new1', 'whsec_old1'], true, false],
  ['one without JSON', 'whsec_old1\n', ['whsec_new1', 'whsec_old1'], true, false],
  ['two', json('whsec_old2', 'whsec_old1'), ['whsec_new1', 'whsec_old2'], true, true],
  ['it as previous', json('whsec_old1', 'whsec_new1'), ['whsec_new1', 'whsec_old1'], true, false],
])('puts a new secret in place of %s', (_, stored, live, keepsPrevious, dropsPrevious) => {
  const plan = planNewSecret(stored, 'whsec_new1');
  expect(webhookSecretsIn(plan?.text ?? '')).toEqual(live);
  expect(plan).toMatchObject({ keepsPrevious, dropsPrevious });
});

it.each([json('whsec_new1'), json('whsec_new1', 'whsec_old1'), 'whsec_new1'])(
  'leaves %s as it is when the same is given again',
  (stored) => expect(planNewSecret(stored, 'whsec_new1')).toBeUndefined(),
);

it('drops the previous secret, and only that', () => {
  expect(planRetirement(json('whsec_new1', 'whsec_old1'))).toBe(json('whsec_new1'));
  expect(planRetirement(json('whsec_new1'))).toBeUndefined();
  expect(planRetirement('{}')).toBeUndefined();
});

it('counts as real what somebody signs with', () => {
  expect(realSecretsIn(json(GENERATED))).toEqual([]);
  expect(realSecretsIn(json('whsec_new1', 'whsec_old1'))).toEqual(['whsec_new1', 'whsec_old1']);
});

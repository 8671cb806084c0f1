import { expect, it } from 'vitest';
import { webhookSecretsIn } from '../../../shared/secrets.ts';

it.each([
  ['one', '{"current":"whsec_current"}', ['whsec_current']],
  [
    'two',
    '{"current":"whsec_new_one","previous":"whsec_old_one"}',
    ['whsec_new_one', 'whsec_old_one'],
  ],
  ['one, and spaces', ' {"current":" whsec_current\\n"} \n', ['whsec_current']],
  ['one, and what was taken out', '{"current":"whsec_current","previous":""}', ['whsec_current']],
  ['one, and null', '{"current":"whsec_current","previous":null}', ['whsec_current']],
  ['one as it is', ' whsec_current\n', ['whsec_current']],
])('reads the signing secrets: %s', (_, text, secrets) => {
  expect(webhookSecretsIn(text)).toEqual(secrets);
});

it.each([
  ['nothing', ''],
  ['spaces', '  \n'],
  ['an empty object', '{}'],
  ['an empty list', '[]'],
  ['a list', '["whsec_current","whsec_previous"]'],
  ['empty quotes', '""'],
  ['a secret in quotes', '"whsec_current"'],
  ['null', 'null'],
  ['half an object', '{"current":"whsec_current'],
  ['an empty secret', '{"current":""}'],
  ['a secret of spaces', '{"current":"            "}'],
  ['a short one', 'secret'],
  ['a short previous one', '{"current":"whsec_current","previous":"old"}'],
])('takes %s for no secret, and does not say what it was', (_, text) => {
  expect(() => webhookSecretsIn(text)).toThrow(
    expect.objectContaining({ code: 'malformed_message' }),
  );
  try {
    webhookSecretsIn(text);
  } catch (error) {
    expect(String(error)).not.toContain('whsec');
  }
});

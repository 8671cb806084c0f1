import { describe, expect, it } from 'vitest';
import { cleanAnswer, whyNoKey, whyNoSigningSecret } from '../../../../cli/setup/judge-answer.ts';

it.each([
  ['  tlk_a  ', 'tlk_a'],
  ['\u001b[200~tlk_a\u001b[201~', 'tlk_a'],
  ['\uFEFFtlk_a\r', 'tlk_a'],
  [' ', ''],
])('cleans %j', (line, text) => {
  expect(cleanAnswer(line)).toBe(text);
});

describe('an API key', () => {
  it.each(['tlk_2SZ8K0M1W3E5R7T9Y1U3I5O7P9A1', 'k', 'k'.repeat(4_096)])('may be %j', (text) => {
    expect(whyNoKey(text)).toBeUndefined();
  });

  it.each([
    ['tlk_a tlk_b', 'blanks'],
    ['tlk_é', 'beyond ASCII'],
    ['k'.repeat(4_097), 'too long'],
    ['https://playground.twelvelabs.io', 'a URL'],
  ])('can not be %j', (text, words) => {
    expect(whyNoKey(text)).toContain(words);
    expect(whyNoKey(text)).not.toContain(text);
  });
});

describe('a signing secret', () => {
  it.each(['whsec_12', '8 letter'.replace(' ', '-'), 'Übergröße', 's'.repeat(4_096)])(
    'may be %j',
    (text) => expect(whyNoSigningSecret(text, 'tlk_a')).toBeUndefined(),
  );

  it.each([
    ['seven77', 'at least 8 characters'],
    ['tlk_the_key', 'the API key'],
    ['{"current":"whsec_12345678"}', 'without JSON'],
    ['"whsec_12345678"', 'quotes'],
    ['https://x.execute-api.us-east-1.amazonaws.com/webhooks', 'a URL'],
    ['whsec_1 whsec_2', 'blanks'],
    ['whsec_1\u001b[A', 'blanks'],
    ['s'.repeat(4_097), 'too long'],
  ])('can not be %j', (text, words) => {
    expect(whyNoSigningSecret(text, 'tlk_the_key')).toContain(words);
  });
});

import { expect, it } from 'vitest';
import { isGenerated } from '../../../../cli/doctor/generated-secret.ts';
import { generateSecret } from '../../../../local/cloud/resources/secrets.ts';

it('knows what Secrets Manager makes up', () => {
  const wish = {
    PasswordLength: 32,
    ExcludeCharacters: '',
    ExcludeLowercase: false,
    ExcludeUppercase: false,
    ExcludeNumbers: false,
    ExcludePunctuation: false,
    IncludeSpace: false,
    RequireEachIncludedType: true,
  };
  for (let times = 0; times < 200; times++) expect(isGenerated(generateSecret(wish))).toBe(true);
});

it.each(['tlk_2SZ8K0M1W3E5R7T9Y1U3I5O7P9A1', 'whsec_8f3a2b1c9d7e', '', 'a'.repeat(32)])(
  'takes %j for one of TwelveLabs',
  (secret) => {
    expect(isGenerated(secret)).toBe(false);
  },
);

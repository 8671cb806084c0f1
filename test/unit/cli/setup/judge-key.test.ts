import { expect, it } from 'vitest';
import type { ApiKeyFacts } from '../../../../cli/doctor/api-key.ts';
import { judgeKey } from '../../../../cli/setup/judge-key.ts';

const refused = (status: number, code = `http_${status}`) =>
  ({ kind: 'refused', status, code }) as const;

it.each<[ApiKeyFacts['answer'], string, string]>([
  [{ kind: 'accepted' }, 'accepted', 'TwelveLabs accepts it, at https://api/v1.3'],
  [refused(401, 'api_key_invalid'), 'refused', 'refuses it (HTTP 401 api_key_invalid)'],
  [refused(403), 'refused', 'refuses it (HTTP 403)'],
  [refused(401, 'the key tlk_secret is wrong'), 'refused', 'refuses it (HTTP 401)'],
  [refused(429, 'too_many_requests'), 'unknown', "over the account's rate (HTTP 429 too_many_"],
  [refused(500), 'unknown', 'https://api/v1.3 answers HTTP 500'],
  [{ kind: 'silent', why: 'ECONNREFUSED' }, 'unknown', 'no answer from https://api/v1.3 (ECONNRE'],
])('takes %j as %s', (answer, kind, words) => {
  const verdict = judgeKey(answer, 'https://api/v1.3');
  expect(verdict.kind).toBe(kind);
  expect(verdict.words).toContain(words);
  expect(verdict.words).not.toContain('tlk_secret');
});

import { expect, it } from 'vitest';
import { type ApiKeyFacts, judgeApiKey } from '../../../../cli/doctor/api-key.ts';

const refused = (status: number, code = `http_${status}`) =>
  ({ kind: 'refused', status, code }) as const;

it.each<[ApiKeyFacts['answer'], boolean, string, string]>([
  [{ kind: 'accepted' }, false, 'ok', 'TwelveLabs accepts it, at https://api/v1.3'],
  // What a generator might have made is a key all the same if the provider takes it.
  [{ kind: 'accepted' }, true, 'ok', 'TwelveLabs accepts it'],
  [refused(401, 'api_key_invalid'), false, 'failed', 'TwelveLabs refuses it (HTTP 401 api_key'],
  [refused(401), false, 'failed', 'npm run setup stores yours (as plain text in arn:key)'],
  [refused(403), false, 'failed', 'TwelveLabs refuses it (HTTP 403 http_403)'],
  [refused(401), true, 'failed', 'still holds the random text that the deployment put there'],
  [refused(404), false, 'failed', 'is twelveLabsBaseUrl right?'],
  [refused(429), false, 'warning', "over the account's rate"],
  [refused(503), false, 'failed', 'answers HTTP 503 http_503; try again later'],
  [
    { kind: 'silent', why: 'GET /v1.3/assets: connect ECONNREFUSED' },
    false,
    'failed',
    'no answer from https://api/v1.3 (GET /v1.3/assets: connect ECONNREFUSED), so the key is not',
  ],
])('says to %j, generated: %j: %s', (answer, isGenerated, mark, words) => {
  const facts = { answer, isGenerated, secretArn: 'arn:key', baseUrl: 'https://api/v1.3' };
  const line = judgeApiKey(facts);
  expect(line).toMatchObject({ mark, name: 'API key' });
  expect(line.text).toContain(words);
});

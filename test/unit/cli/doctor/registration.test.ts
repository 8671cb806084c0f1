import { expect, it } from 'vitest';
import { judgeRegistration } from '../../../../cli/doctor/registration.ts';

const of = (...outcomes: string[]) => outcomes.map((outcome) => ({ outcome }));

it.each([
  [of('received', 'late'), false, 'ok', 'registered: 2 of the last 2 that tell were received'],
  // Events that came are a better proof than the looks of a secret.
  [of('received'), true, 'ok', 'registered'],
  [[], false, 'warning', 'not known yet: TwelveLabs has no API that tells, and no batch has'],
  [[], false, 'warning', 'register https://url in its dashboard'],
  [[], true, 'failed', 'still the random one of the deployment'],
  [of('never_sent', 'never_sent'), false, 'failed', '0 of the last 2 that tell were received; of'],
  [of('never_sent'), false, 'failed', 'TwelveLabs sent none. If that lasts, register https://url'],
  [
    [{ outcome: 'not_received', lastError: 'HTTP 401' }],
    false,
    'failed',
    'TwelveLabs sent it in vain, "HTTP 401"',
  ],
  [of('lost_by_us', 'received'), false, 'warning', 'See the lines above and the dead letters'],
  [of('unheard_of'), false, 'failed', 'of the newest: unheard_of'],
])('says of %j, generated: %j: %s', (outcomes, isGenerated, mark, words) => {
  const facts = { url: 'https://url', secretArn: 'arn:secret', isGenerated, outcomes };
  const line = judgeRegistration(facts);
  expect(line).toMatchObject({ mark, name: 'webhook at TwelveLabs' });
  expect(line.text).toContain(words);
});

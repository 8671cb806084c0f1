import { expect, it } from 'vitest';
import {
  retirePreviousSecret,
  setWebhookSecret,
} from '../../../../cli/setup/set-webhook-secret.ts';
import { fakePrompt, fakeStored } from '../../../support/fake-setup.ts';

const GENERATED = JSON.stringify({ current: 'aB3,defghijklmnopqrstuvwxyz01234' });
const OLD = JSON.stringify({ current: 'whsec_old1' });

async function run(before: string, answers: readonly string[], how = {}) {
  const said: string[] = [];
  const stored = fakeStored(before);
  const prompt = fakePrompt(answers, how);
  const say = (it: string) => said.push(it);
  const deps = { prompt, stored, apiKey: 'tlk_the_key', retireCommand: 'npm run retire', say };
  const outcome = await setWebhookSecret(deps);
  return { outcome, said: said.join('\n'), written: stored.written.map((it) => JSON.parse(it)) };
}

it('stores the first secret alone', async () => {
  const { outcome, said, written } = await run(GENERATED, [' whsec_new1 ']);
  expect(outcome).toBe('set');
  expect(written).toEqual([{ current: 'whsec_new1' }]);
  expect(said).toBe('✓ stored');
});

it('keeps the one before as previous, and says how to drop it', async () => {
  const { said, written } = await run(OLD, ['whsec_new1']);
  expect(written).toEqual([{ current: 'whsec_new1', previous: 'whsec_old1' }]);
  expect(said).toContain('npm run retire');
  expect(said).not.toMatch(/whsec/);
});

it('says that of three only two are taken', async () => {
  const { said } = await run('{"current":"whsec_old2","previous":"whsec_old1"}', ['whsec_new1']);
  expect(said).toContain('taken no more');
});

it('writes nothing when the same is given again, or nothing', async () => {
  expect(await run(OLD, ['whsec_old1'])).toMatchObject({ outcome: 'set', written: [] });
  expect(await run(OLD, [''])).toMatchObject({ outcome: 'set', written: [] });
  expect(await run(OLD, [])).toMatchObject({ outcome: 'set', written: [] });
  const none = await run(GENERATED, ['']);
  expect(none).toMatchObject({ outcome: 'missing', written: [] });
  expect(none.said).toContain('no signing secret yet');
});

it('asks again for what can not be one, but not of a pipe', async () => {
  const answers = ['tlk_the_key', 'short', 'whsec_new1'];
  const asked = await run(GENERATED, answers);
  expect(asked.written).toEqual([{ current: 'whsec_new1' }]);
  const piped = await run(GENERATED, answers, { isInteractive: false });
  expect(piped).toMatchObject({ outcome: 'refused', written: [] });
});

it('drops the previous secret once', async () => {
  const stored = fakeStored('{"current":"whsec_new1","previous":"whsec_old1"}');
  const said: string[] = [];
  const say = (it: string) => said.push(it);
  await retirePreviousSecret({ stored, say });
  await retirePreviousSecret({ stored, say });
  expect(stored.written).toEqual(['{"current":"whsec_new1"}']);
  expect(said[1]).toBe('✓ there is no previous signing secret');
});

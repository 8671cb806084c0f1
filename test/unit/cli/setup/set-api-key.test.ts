import { expect, it } from 'vitest';
import type { KeyVerdict } from '../../../../cli/setup/judge-key.ts';
import { setApiKey } from '../../../../cli/setup/set-api-key.ts';
import { fakePrompt, fakeStored } from '../../../support/fake-setup.ts';

const GENERATED = 'aB3,defghijklmnopqrstuvwxyz01234';
const GOOD = 'tlk_good';

/** A provider that takes one key, and does not answer about another. */
async function tryKey(key: string): Promise<KeyVerdict> {
  if (key === GOOD) return { kind: 'accepted', words: 'accepted' };
  return key === 'tlk_unknown'
    ? { kind: 'unknown', words: 'no answer' }
    : { kind: 'refused', words: 'refused' };
}

async function run(before: string, answers: readonly string[], how = {}) {
  const said: string[] = [];
  const stored = fakeStored(before);
  const prompt = fakePrompt(answers, how);
  const outcome = await setApiKey({ prompt, stored, tryKey, say: (it) => said.push(it) });
  return { outcome, said: said.join('\n'), written: stored.written, asked: prompt.asked };
}

it('stores a key that TwelveLabs accepts, without saying it', async () => {
  const { outcome, said, written } = await run(GENERATED, [` ${GOOD} `]);
  expect(outcome).toEqual({ kind: 'set', key: GOOD });
  expect(written).toEqual([GOOD]);
  expect(said).toBe('✓ accepted; stored');
});

it('writes nothing when the same key is given again', async () => {
  const { outcome, said, written } = await run(GOOD, [GOOD]);
  expect(outcome.kind).toBe('set');
  expect(written).toEqual([]);
  expect(said).toBe('✓ accepted; already stored');
});

it('asks again for a key that is refused, three times in all', async () => {
  const third = await run(GENERATED, ['tlk_wrong', 'tlk wrong', GOOD]);
  expect(third.written).toEqual([GOOD]);
  expect(third.said).not.toMatch(/tlk/);
  const never = await run(GENERATED, ['tlk_1', 'tlk_2', 'tlk_3', GOOD]);
  expect(never).toMatchObject({ outcome: { kind: 'refused' }, written: [] });
  expect(never.asked).toHaveLength(3);
});

it('takes no line of a pipe for another try', async () => {
  const { outcome, asked } = await run(GENERATED, ['tlk_wrong', GOOD], { isInteractive: false });
  expect(outcome.kind).toBe('refused');
  expect(asked).toHaveLength(1);
});

it('keeps what is stored for an empty answer, unless the deployment has made it up', async () => {
  const kept = await run('tlk_old\n', ['']);
  expect(kept).toMatchObject({ outcome: { kind: 'set', key: 'tlk_old' }, written: [] });
  expect(kept.asked[0]).toContain('Enter keeps the one that is stored');
  const none = await run(GENERATED, ['']);
  expect(none).toMatchObject({ outcome: { kind: 'missing' }, written: [] });
  expect(none.asked[0]).not.toContain('Enter keeps');
});

it('stores a key that could not be tried only when somebody says yes', async () => {
  const yes = await run(GENERATED, ['tlk_unknown'], { says: true });
  expect(yes.written).toEqual(['tlk_unknown']);
  const no = await run(GENERATED, ['tlk_unknown']);
  expect(no).toMatchObject({ outcome: { kind: 'refused' }, written: [] });
  expect(no.said).toContain('--unchecked');
});

it('says what is missing when no line came', async () => {
  await expect(run(GENERATED, [])).rejects.toThrow('the input ended before a line for the API key');
});

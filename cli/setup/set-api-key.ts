import { UsageError } from '../command.ts';
import { isGenerated } from '../doctor/generated-secret.ts';
import { cleanAnswer, whyNoKey } from './judge-answer.ts';
import type { KeyVerdict } from './judge-key.ts';
import type { SecretPrompt } from './secret-prompt.ts';
import type { StoredSecret } from './stored-secret.ts';

export interface SetApiKeyDeps {
  readonly prompt: SecretPrompt;
  readonly stored: StoredSecret;
  /** Asks TwelveLabs. */
  readonly tryKey: (key: string) => Promise<KeyVerdict>;
  readonly say: (text: string) => void;
}

/** How it ended: the key that the stack has now, or why it has none that somebody entered. */
export type KeyOutcome =
  | { readonly kind: 'set'; readonly key: string }
  /** Nothing was entered, and nothing is stored. */
  | { readonly kind: 'missing' }
  /** What was entered was not stored. */
  | { readonly kind: 'refused' };

const TRIES = 3;

/** Asks for the API key, tries it at TwelveLabs and stores it; an empty answer keeps what is stored. */
export async function setApiKey(deps: SetApiKeyDeps): Promise<KeyOutcome> {
  const { prompt, stored, say } = deps;
  const before = (await stored.read()).trim();
  const kept = before === '' || isGenerated(before) ? undefined : before;
  const hint = kept === undefined ? '' : '; Enter keeps the one that is stored';
  for (let tries = 1; tries <= TRIES; tries++) {
    const line = await prompt.ask(`TwelveLabs API key (what you type is not shown${hint}): `);
    if (line === undefined) throw new UsageError('the input ended before a line for the API key');
    const key = cleanAnswer(line);
    if (key === '') return keep(kept, say);
    const outcome = await judgeAndStore(key, before, deps);
    if (outcome) return outcome;
    if (!prompt.isInteractive) break;
  }
  return { kind: 'refused' };
}

function keep(kept: string | undefined, say: SetApiKeyDeps['say']): KeyOutcome {
  if (kept !== undefined) {
    say('✓ the API key stays as it is');
    return { kind: 'set', key: kept };
  }
  say('! no API key yet: the secret holds the random text of the deployment');
  return { kind: 'missing' };
}

/** Undefined when another one is to be asked for. */
async function judgeAndStore(
  key: string,
  before: string,
  { prompt, stored, tryKey, say }: SetApiKeyDeps,
): Promise<KeyOutcome | undefined> {
  const problem = whyNoKey(key);
  if (problem !== undefined) {
    say(`✗ not stored: ${problem}`);
    return undefined;
  }
  const { kind, words } = await tryKey(key);
  if (kind === 'refused') {
    say(`✗ not stored: ${words}`);
    return undefined;
  }
  if (kind === 'unknown') {
    say(`! not tried: ${words}`);
    if (!(await prompt.confirm('Store it all the same?'))) {
      say('✗ not stored; try again later, or with --unchecked');
      return { kind: 'refused' };
    }
  }
  const said = kind === 'accepted' ? `${words}; ` : '';
  if (key === before) {
    say(`✓ ${said}already stored`);
    return { kind: 'set', key };
  }
  await stored.write(key);
  say(`✓ ${said}stored`);
  return { kind: 'set', key };
}

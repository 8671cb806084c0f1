import { cleanAnswer, whyNoSigningSecret } from './judge-answer.ts';
import { planNewSecret, planRetirement, realSecretsIn } from './plan-webhook-secrets.ts';
import type { SecretPrompt } from './secret-prompt.ts';
import type { StoredSecret } from './stored-secret.ts';

export interface SetWebhookSecretDeps {
  readonly prompt: SecretPrompt;
  readonly stored: StoredSecret;
  /** The API key, so that it is not taken for the other one; undefined when there is none. */
  readonly apiKey: string | undefined;
  /** The command that drops the previous one. */
  readonly retireCommand: string;
  readonly say: (text: string) => void;
}

/** Whether the stack has a signing secret now, or none, or was given what can't be one. */
export type WebhookSecretOutcome = 'set' | 'missing' | 'refused';

const TRIES = 3;

/** Asks for the signing secret and stores it; an empty answer, or none, keeps what is stored. */
export async function setWebhookSecret(deps: SetWebhookSecretDeps): Promise<WebhookSecretOutcome> {
  const { prompt, stored, apiKey, say } = deps;
  const before = await stored.read();
  const isThere = realSecretsIn(before).length > 0;
  const hint = isThere ? 'Enter keeps the one that is stored' : 'Enter leaves it for later';
  for (let tries = 1; tries <= TRIES; tries++) {
    const line = await prompt.ask(`Signing secret (what you type is not shown; ${hint}): `);
    const secret = cleanAnswer(line ?? '');
    if (secret === '') {
      say(
        isThere
          ? '✓ the signing secret stays as it is'
          : '! no signing secret yet: until there is one, webhooks are refused, and results come some minutes later',
      );
      return isThere ? 'set' : 'missing';
    }
    const problem = whyNoSigningSecret(secret, apiKey);
    if (problem === undefined) {
      await store(secret, before, deps);
      return 'set';
    }
    say(`✗ not stored: ${problem}`);
    if (!prompt.isInteractive) break;
  }
  return 'refused';
}

async function store(
  secret: string,
  before: string,
  { stored, retireCommand, say }: SetWebhookSecretDeps,
): Promise<void> {
  const plan = planNewSecret(before, secret);
  if (!plan) {
    say('✓ already stored');
    return;
  }
  await stored.write(plan.text);
  say('✓ stored');
  if (plan.keepsPrevious) {
    say(
      `  The one before is kept as previous: events signed with either are taken. When TwelveLabs\n  signs with it no more, drop it: ${retireCommand}`,
    );
  }
  if (plan.dropsPrevious) say('  The previous one before that is taken no more.');
}

/** Drops the previous signing secret, if there is one. */
export async function retirePreviousSecret({
  stored,
  say,
}: Pick<SetWebhookSecretDeps, 'stored' | 'say'>): Promise<void> {
  const text = planRetirement(await stored.read());
  if (text === undefined) {
    say('✓ there is no previous signing secret');
    return;
  }
  await stored.write(text);
  say('✓ dropped: within five minutes only events signed with the current secret are taken');
}

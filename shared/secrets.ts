import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod';
import { decode } from './decode.ts';
import { PipelineError } from './errors.ts';

/** How long a value is used before Secrets Manager is asked again: a changed secret is live within this. */
const MAX_AGE_SECONDS = 300;

/** Thrown when a secret holds nothing usable yet; names the secret, never its content. */
export class SecretUnusableError extends PipelineError {
  override readonly name = 'SecretUnusableError';
  readonly code = 'secret_unusable';
  readonly retryable = true;
}

/** The webhook secrets that are live: `previous` keeps the old one valid while an endpoint is changed over. */
const webhookSecrets = z.object({
  current: z.string().min(1),
  previous: z.string().min(1).optional(),
});

/** Reads the TwelveLabs API key, from memory for five minutes. */
export async function readApiKey(secretId: string): Promise<string> {
  const key = (await readSecret(secretId)).trim();
  // fetch() would quote a value that fits no header in its error message.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new SecretUnusableError(`secret ${secretId} holds no API key: printable ASCII only`);
  }
  return key;
}

/** Reads the live webhook secrets, newest first, from memory for five minutes. */
export async function readWebhookSecrets(secretId: string): Promise<string[]> {
  const { current, previous } = decode(webhookSecrets, await readSecret(secretId));
  return previous ? [current, previous] : [current];
}

async function readSecret(secretId: string): Promise<string> {
  const text = await getSecret(secretId, { maxAge: MAX_AGE_SECONDS });
  if (typeof text !== 'string') throw new SecretUnusableError(`secret ${secretId} holds no text`);
  return text;
}

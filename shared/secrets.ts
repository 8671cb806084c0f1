import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod';
import { decode } from './decode.ts';
import { PipelineError } from './errors.ts';
import { remember } from './remember.ts';

/**
 * A changed secret is live within five minutes, and no burst of requests is a burst of questions to
 * Secrets Manager. While that is away, what was read in the last hour is used.
 */
const AGES_SECONDS = { value: 300, failure: 30, stale: 3_600 };

/** Thrown when a secret holds nothing usable yet; names the secret, never its content. */
export class SecretUnusableError extends PipelineError {
  override readonly name = 'SecretUnusableError';
  readonly code = 'secret_unusable';
  readonly retryable = true;
}

/** The webhook secrets that are live: `previous` keeps the old one valid while an endpoint is changed over. */
const webhookSecrets = z.object({
  current: z.string().trim().min(1),
  previous: z.string().trim().min(1).optional(),
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

/**
 * Reads the live webhook secrets, newest first, from memory for five minutes. One that was put there
 * as it is, without JSON around it, is the only one.
 */
export async function readWebhookSecrets(secretId: string): Promise<string[]> {
  const text = (await readSecret(secretId)).trim();
  if (text !== '' && !text.startsWith('{')) return [text];
  const { current, previous } = decode(webhookSecrets, text);
  return previous ? [current, previous] : [current];
}

const readers = new Map<string, () => Promise<string>>();

function readSecret(secretId: string): Promise<string> {
  const reader = readers.get(secretId) ?? remember(() => ask(secretId), AGES_SECONDS, Date.now);
  readers.set(secretId, reader);
  return reader();
}

async function ask(secretId: string): Promise<string> {
  const text = await getSecret(secretId, { forceFetch: true });
  if (typeof text !== 'string') throw new SecretUnusableError(`secret ${secretId} holds no text`);
  return text;
}

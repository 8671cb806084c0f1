import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
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

/** Nobody signs with less: what is shorter is no secret, but what is left of one. */
export const LEAST_SECRET_CHARACTERS = 8;
const signingSecret = z.string().trim().min(LEAST_SECRET_CHARACTERS);

/** The webhook secrets that are live: `previous` keeps the old one valid while an endpoint is changed over. */
const webhookSecrets = z.object({
  current: signingSecret,
  previous: z
    .string()
    .trim()
    .nullish()
    .transform((it) => it || undefined)
    .pipe(signingSecret.optional()),
});

/** Reads the TwelveLabs API key, from memory for five minutes. */
export function readApiKey(secretId: string): Promise<string> {
  return readThrough(apiKeys, secretId, (text) => {
    const key = text.trim();
    // fetch() would quote a value that fits no header in its error message.
    if (/^[\x21-\x7e]+$/.test(key)) return key;
    throw new SecretUnusableError(`secret ${secretId} holds no API key: printable ASCII only`);
  });
}

/** Reads the live webhook secrets, newest first, from memory for five minutes. */
export function readWebhookSecrets(secretId: string): Promise<string[]> {
  return readThrough(signingSecrets, secretId, (text) => webhookSecretsIn(text));
}

/**
 * The live webhook secrets in the text of a secret, newest first. One that was put there as it is, without
 * JSON around it, is the only one.
 * @throws MalformedMessageError where it holds none, or one that is too short to be one
 */
export function webhookSecretsIn(text: string): string[] {
  const isJson = /^\s*[{["]/.test(text);
  const { current, previous } = isJson
    ? decode(webhookSecrets, text)
    : decode(webhookSecrets, JSON.stringify({ current: text }));
  return previous ? [current, previous] : [current];
}

type Readers<T> = Map<string, () => Promise<T>>;
const apiKeys: Readers<string> = new Map();
const signingSecrets: Readers<string[]> = new Map();

/** What is unusable counts as not read: the last value that was usable goes on being used for a while. */
function readThrough<T>(
  readers: Readers<T>,
  secretId: string,
  parse: (text: string) => T,
): Promise<T> {
  const read = async () => parse(await ask(secretId));
  const reader = readers.get(secretId) ?? remember(read, AGES_SECONDS, Date.now);
  readers.set(secretId, reader);
  return reader();
}

const client = new SecretsManagerClient();

async function ask(secretId: string): Promise<string> {
  const { SecretString: text } = await client.send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  if (text === undefined) throw new SecretUnusableError(`secret ${secretId} holds no text`);
  return text;
}

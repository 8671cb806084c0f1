import { MalformedMessageError } from '../../shared/decode.ts';
import { webhookSecretsIn } from '../../shared/secrets.ts';
import { isGenerated } from '../doctor/generated-secret.ts';

/** What a secret would hold next, and what that does to the signing secrets that it held. */
export interface WebhookSecretsPlan {
  readonly text: string;
  /** The one that was in use goes on being taken. */
  readonly keepsPrevious: boolean;
  /** One that was taken as the previous one is not taken any more. */
  readonly dropsPrevious: boolean;
}

/** The signing secrets that somebody signs with, newest first: not what a deployment has made up. */
export function realSecretsIn(stored: string): string[] {
  return liveSecretsIn(stored).filter((secret) => !isGenerated(secret));
}

/**
 * A new signing secret beside the one in use, which is kept as `previous` so that events signed with
 * either are taken. Undefined when the new one is in use already.
 */
export function planNewSecret(stored: string, secret: string): WebhookSecretsPlan | undefined {
  const [current, previous] = realSecretsIn(stored);
  if (secret === current) return undefined;
  return {
    text: JSON.stringify({ current: secret, ...(current && { previous: current }) }),
    keepsPrevious: current !== undefined,
    dropsPrevious: previous !== undefined && previous !== secret,
  };
}

/** The secret in use alone; undefined when there is no other, or none. */
export function planRetirement(stored: string): string | undefined {
  const [current, previous] = liveSecretsIn(stored);
  return previous === undefined ? undefined : JSON.stringify({ current });
}

function liveSecretsIn(stored: string): string[] {
  try {
    return webhookSecretsIn(stored);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return [];
  }
}

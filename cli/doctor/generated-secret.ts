const GENERATED_LENGTH = 32;
const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[!-,./:-@[-^`{-~]/];

/**
 * Whether a secret looks like what the deployment had made up to begin with: Secrets Manager's 32
 * characters with each kind among them. TwelveLabs' own have no such punctuation.
 */
export function isGenerated(secret: string): boolean {
  return secret.length === GENERATED_LENGTH && KINDS.every((kind) => kind.test(secret));
}

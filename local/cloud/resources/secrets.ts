import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { InitialSecret } from '../emulators/secrets-manager.ts';
import type { Stack } from '../template/stack.ts';
import { findByPrefix } from './find-by-prefix.ts';
import { readProperties } from './read-properties.ts';

const flag = z.boolean().default(false);
const generation = z.object({
  PasswordLength: z.coerce.number().default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: flag,
  ExcludeUppercase: flag,
  ExcludeNumbers: flag,
  ExcludePunctuation: flag,
  IncludeSpace: flag,
  RequireEachIncludedType: z.boolean().default(true),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});

type Generation = z.infer<typeof generation>;

const secretProperties = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: generation.optional(),
});

/** The secrets that a stack asks for; `given` has their values by prefix of the logical id. */
export function planSecrets(
  stack: Stack,
  given: Readonly<Record<string, string>>,
): InitialSecret[] {
  const resources = stack.resources('AWS::SecretsManager::Secret');
  const logicalIds = resources.map(({ logicalId }) => logicalId);
  const values = new Map(
    Object.entries(given).map(([prefix, value]) => [
      findByPrefix(logicalIds, prefix, 'secret'),
      value,
    ]),
  );
  return resources.map((secret) => {
    const { logicalId, name, identity } = secret;
    const { SecretString, GenerateSecretString } = readProperties(secret, secretProperties);
    const generated = GenerateSecretString && generateSecret(GenerateSecretString);
    const secretString = values.get(logicalId) ?? SecretString ?? generated;
    if (secretString === undefined) {
      throw new CloudError(`${logicalId}: the secret has no value, and none is generated for it`);
    }
    return { name, arn: identity.ref, secretString };
  });
}

/** A random secret as `GenerateSecretString` describes it. */
export function generateSecret(wish: Generation): string {
  const kinds = [
    wish.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    wish.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    wish.ExcludeNumbers ? '' : '0123456789',
    wish.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    wish.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !wish.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const required = wish.RequireEachIncludedType ? kinds : [];
  const all = kinds.flat();
  const others = Array.from({ length: wish.PasswordLength - required.length }, () => pick(all));
  const password = shuffle([...required.map(pick), ...others]).join('');
  if (wish.GenerateStringKey === undefined) return password;
  const template = JSON.parse(wish.SecretStringTemplate ?? '{}') as Record<string, unknown>;
  return JSON.stringify({ ...template, [wish.GenerateStringKey]: password });
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters;
}

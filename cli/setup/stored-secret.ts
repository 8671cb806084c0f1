import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** One secret of the stack, as it is this moment. */
export interface StoredSecret {
  /** Its text; empty when it has none. */
  read(): Promise<string>;
  /** Makes this its current text; Secrets Manager keeps the one before as AWSPREVIOUS. */
  write(text: string): Promise<void>;
}

/** The secret of that ARN in AWS Secrets Manager. */
export function storedSecret(SecretId: string, client: SecretsManagerClient): StoredSecret {
  return {
    async read() {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      return SecretString;
    },
    async write(SecretString) {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
  };
}

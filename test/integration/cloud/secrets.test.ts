import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { ref } from './assembly.ts';
import { startTestCloud } from './test-cloud.ts';

it('gives secrets their values, generated or given, and lets them be rotated', async () => {
  const secret = (properties: object) => ({
    Type: 'AWS::SecretsManager::Secret',
    Properties: properties,
  });
  await using running = await startTestCloud(
    {
      resources: {
        ApiKey1A2B3C4D: secret({ GenerateSecretString: {} }),
        Webhook5E6F7A8B: secret({
          GenerateSecretString: {
            SecretStringTemplate: '{"previous":null}',
            GenerateStringKey: 'current',
            PasswordLength: 40,
            ExcludePunctuation: true,
          },
        }),
      },
      outputs: { Given: { Value: ref('ApiKey1A2B3C4D') }, Made: { Value: ref('Webhook5E6F7A8B') } },
    },
    { secrets: { ApiKey: 'tlk_1' } },
  );
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: running.cloud.endpoints.secretsManager,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const value = async (SecretId = '', VersionStage = 'AWSCURRENT') =>
    (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
  const { Given, Made } = running.cloud.outputs;

  const made = JSON.parse((await value(Made)) ?? '');
  await client.send(new PutSecretValueCommand({ SecretId: Given, SecretString: 'tlk_2' }));

  expect(made).toEqual({ previous: null, current: expect.stringMatching(/^[A-Za-z0-9]{40}$/) });
  expect([await value(Given), await value(Given, 'AWSPREVIOUS')]).toEqual(['tlk_2', 'tlk_1']);
  await expect(value('unknown')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  client.destroy();
});

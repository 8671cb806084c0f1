import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MalformedMessageError } from '../../shared/decode.ts';
import { readApiKey, readWebhookSecrets } from '../../shared/secrets.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { type FoundStack, outputOf, resourcesOf } from '../find-stack.ts';
import type { Examined } from './examined.ts';

/** Soon enough for one who waits: a call that takes longer has failed. */
export const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
};

/** A `Date` header tells whole seconds, and travels: less than this is no difference. */
const DATE_SECONDS = 2;

/** Opens the ways into a stack that was found; nothing is asked yet. */
export function examine(
  stack: FoundStack,
  client: CloudFormationClient,
  awsOffsetSeconds: number | undefined,
  run: Pick<Examined, 'cleanup' | 'signal' | 'waitSeconds'>,
): Examined {
  const { cleanup } = run;
  const output = (name: string) => outputOf(stack, name);
  const offsetSeconds =
    Math.abs(awsOffsetSeconds ?? 0) > DATE_SECONDS ? (awsOffsetSeconds ?? 0) : 0;
  const now = () => new Date(Date.now() - offsetSeconds * 1000);
  const dynamoDb = new DynamoDBClient(patience);
  const sqs = new SQSClient(patience);
  for (const it of [client, dynamoDb, sqs]) cleanup.defer(() => it.destroy());
  const marshallOptions = { removeUndefinedValues: true };
  const documents = DynamoDBDocumentClient.from(dynamoDb, { marshallOptions });
  const table = () => createTable(output('TableName'), documents);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const apiKey = () => readApiKey(output('TwelveLabsApiKeySecretArn'));
  let resources: ReturnType<typeof resourcesOf> | undefined;
  return {
    ...run,
    stack,
    output,
    resources: () => (resources ??= resourcesOf(stack.name, client)),
    table,
    store: () => createStore(table(), now, log),
    provider: () => createTwelveLabs({ baseUrl: output('TwelveLabsBaseUrl'), apiKey, now }),
    apiKey,
    webhookSecret: async () => {
      const arn = output('WebhookSecretsSecretArn');
      const [current = ''] = await readWebhookSecrets(arn).catch((error: unknown) => {
        if (!(error instanceof MalformedMessageError)) throw error;
        throw new Error(`the secret ${arn} holds no {"current": "…"} (${error.message})`);
      });
      return current;
    },
    sqs,
    now,
    awsOffsetSeconds,
  };
}

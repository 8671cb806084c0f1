import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ProviderChoice } from './choose-provider.ts';
import type { Clock } from './clock.ts';
import { type Cloud, type CloudOptions, startCloud } from './cloud/cloud.ts';
import { startTwelveLabsBox, type TwelveLabsBox } from './twelvelabs/box.ts';

export interface PipelineOptions
  extends Pick<CloudOptions, 'assemblyDirectory' | 'neighbours' | 'onLog'> {
  readonly clock: Clock;
  readonly provider: ProviderChoice;
  readonly webhookPort?: number;
  /** Values for the functions' variables, beside those that say where the provider is. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The whole pipeline on this machine, with clients to drop files in and read rows out. */
export interface LocalPipeline {
  readonly cloud: Cloud;
  /** The simulated TwelveLabs, unless another one was chosen. */
  readonly box: TwelveLabsBox | undefined;
  readonly providerUrl: string;
  readonly webhookUrl: string;
  readonly uploadsBucket: string;
  readonly archiveBucket: string;
  readonly tableName: string;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly table: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** Starts the synthesized stack in the local cloud, and the box beside it when it is to be asked. */
export async function startPipeline(options: PipelineOptions): Promise<LocalPipeline> {
  const { clock, provider, assemblyDirectory, neighbours = [], onLog, webhookPort } = options;
  const { environment } = options;
  await using started = new AsyncDisposableStack();

  const box =
    provider.kind === 'box'
      ? await startTwelveLabsBox({ clock, apiKey: provider.apiKey })
      : undefined;
  started.defer(async () => await box?.close());
  const providerUrl = box?.baseUrl ?? provider.baseUrl ?? '';

  const cloud = await startCloud({
    assemblyDirectory,
    clock,
    neighbours: box ? [...neighbours, box] : neighbours,
    environment: {
      ...environment,
      TWELVELABS_BASE_URL: providerUrl,
      UPLOAD_ROUTE: provider.uploadRoute,
    },
    outputs: { TwelveLabsBaseUrl: providerUrl },
    secrets: {
      TwelveLabsApiKey: provider.apiKey,
      WebhookSecrets: JSON.stringify({ current: provider.webhookSecret }),
    },
    ...(onLog && { onLog }),
    ...(webhookPort && { ports: { httpApi: webhookPort } }),
  });
  started.defer(() => cloud.stop());

  const webhookUrl = outputOf(cloud, 'WebhookUrl');
  box?.registerWebhook({ url: webhookUrl, secret: provider.webhookSecret });
  const { s3, sqs, table } = createClients(cloud);
  started.defer(() => {
    s3.destroy();
    sqs.destroy();
    table.destroy();
  });
  const owned = started.move();
  return {
    cloud,
    box,
    providerUrl,
    webhookUrl,
    uploadsBucket: outputOf(cloud, 'UploadsBucketName'),
    archiveBucket: outputOf(cloud, 'ArchiveBucketName'),
    tableName: outputOf(cloud, 'TableName'),
    s3,
    sqs,
    table,
    stop: () => owned.disposeAsync(),
  };
}

function outputOf({ outputs }: Cloud, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack has no output ${name}`);
  return value;
}

function createClients({ endpoints, clientEnvironment: env }: Cloud) {
  const common = {
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
  const dynamodb = new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb });
  return {
    s3: new S3Client({ ...common, endpoint: endpoints.s3 }),
    sqs: new SQSClient({ ...common, endpoint: endpoints.sqs }),
    table: DynamoDBDocumentClient.from(dynamodb),
  };
}

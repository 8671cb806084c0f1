import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { outputOf, resourcesOf, type StackResource } from '../../../cli/find-stack.ts';
import { STACK } from './cdk.ts';
import { type Credentials, REGION } from './surroundings.ts';

/** The types of what holds data, or is known to others by its name. */
const STATEFUL =
  /^AWS::(S3::Bucket|SQS::Queue|DynamoDB::GlobalTable|SecretsManager::Secret|ApiGatewayV2::Api)$/;

/** Clients of the emulator. */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly table: DynamoDBDocumentClient;
}

/** The stack as it is deployed now. */
export interface DeployedStack {
  /** By which a stack is known after its end, too. */
  readonly stackId: string;
  readonly uploadsBucket: string;
  readonly archiveBucket: string;
  readonly tableName: string;
  readonly webhookUrl: string;
  readonly resources: readonly StackResource[];
}

/** Clients that end with `destroy`. */
export function createClients(
  endpoint: string,
  credentials: Credentials,
): Clients & { readonly destroy: () => void } {
  const options = { region: REGION, credentials, endpoint };
  const clients = {
    cloudFormation: new CloudFormationClient(options),
    s3: new S3Client(options),
    // The URL of a queue has a name for a host that others could take for another machine's.
    sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
    table: DynamoDBDocumentClient.from(new DynamoDBClient(options)),
  };
  const destroy = () => {
    for (const client of Object.values(clients)) client.destroy();
  };
  return { ...clients, destroy };
}

/** Reads what the stack consists of. */
export async function readStack(
  outputs: Readonly<Record<string, string>>,
  { cloudFormation }: Clients,
): Promise<DeployedStack> {
  const stack = { name: STACK, outputs };
  const described = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
  return {
    stackId: described.Stacks?.[0]?.StackId ?? '',
    uploadsBucket: outputOf(stack, 'UploadsBucketName'),
    archiveBucket: outputOf(stack, 'ArchiveBucketName'),
    tableName: outputOf(stack, 'TableName'),
    webhookUrl: outputOf(stack, 'WebhookUrl'),
    resources: await resourcesOf(STACK, cloudFormation),
  };
}

/** The physical id of the one resource of a type whose logical id is `name` and CDK's hash. */
export function physicalIdOf(
  { resources }: Pick<DeployedStack, 'resources'>,
  type: string,
  name: string,
): string {
  const isIt = new RegExp(`^${name}[0-9A-F]{8}$`);
  const found = resources.filter((it) => it.type === type && isIt.test(it.logicalId));
  const [only, ...others] = found;
  if (only && others.length === 0) return only.physicalId;
  throw new Error(`the stack has ${found.length} of ${type} ${name}`);
}

/** What holds data, a line each: its name in the template, and the one that it got. */
export function statefulNames({ resources }: Pick<DeployedStack, 'resources'>): string[] {
  return resources
    .filter(({ type }) => STATEFUL.test(type))
    .map(({ logicalId, physicalId }) => `${logicalId} ${physicalId}`)
    .toSorted();
}

import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

const { TABLE_NAME: TableName = '', BUCKET_NAME: Bucket = '' } = process.env;
const { QUEUE_URL: QueueUrl = '', QUEUE_NAME: QueueName = '' } = process.env;
const { SECRET_ARN: SecretId = '' } = process.env;
const [dynamoDb, s3, sqs] = [new DynamoDBClient({}), new S3Client({}), new SQSClient({})];
const secretsManager = new SecretsManagerClient({});

const byPk = {
  TableName,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: 'a' } },
};
const object = (Key: string) => new GetObjectCommand({ Bucket, Key });

const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  get: () => dynamoDb.send(new GetItemCommand({ TableName, Key: { pk: { S: 'a' } } })),
  put: () => dynamoDb.send(new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } })),
  query: () => dynamoDb.send(new QueryCommand(byPk)),
  queryIndex: () => dynamoDb.send(new QueryCommand({ ...byPk, IndexName: 'other' })),
  getObject: () => s3.send(object('there')),
  getMissingObject: () => s3.send(object('missing')),
  headMissingObject: () => s3.send(new HeadObjectCommand({ Bucket, Key: 'missing' })),
  putObject: () => s3.send(new PutObjectCommand({ Bucket, Key: 'new', Body: 'x' })),
  deleteObjects: () =>
    s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'there' }] } })),
  presign: () => getSignedUrl(s3, object('there')),
  presignMissing: () => getSignedUrl(s3, object('missing')),
  send: () =>
    sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '0', MessageBody: 'hello' }] }),
    ),
  getQueueUrl: () => sqs.send(new GetQueueUrlCommand({ QueueName })),
  getSecret: () => secretsManager.send(new GetSecretValueCommand({ SecretId })),
};

/** Makes one call, and tells what the SDK says of it. */
export async function handler({ call }: { call: string }) {
  try {
    const answer = await calls[call]?.();
    return { outcome: typeof answer === 'string' ? answer : 'done' };
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      readonly $metadata?: { readonly httpStatusCode?: number };
    };
    return { outcome: name, message, status: $metadata?.httpStatusCode };
  }
}

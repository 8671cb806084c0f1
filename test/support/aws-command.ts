import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { LocalPipeline } from '../../local/start-pipeline.ts';
import type { Answer } from './documented-commands.ts';

/** The variables that our pages' commands stand on. */
export function pageVariables({ tableName, uploadsBucket, archiveBucket }: LocalPipeline) {
  return { TABLE: tableName, BUCKET: uploadsBucket, ARCHIVE: archiveBucket };
}

/**
 * What the `aws` command line does with the words it is given, as far as our pages use it: the same
 * calls by the SDK, the same output. An option that it does not know here is an error.
 */
export function awsCommand(pipeline: LocalPipeline): Answer {
  return async ([service, operation, ...words], directory) => {
    switch (`${service} ${operation}`) {
      case 'dynamodb query':
        return printed(await query(words, pipeline));
      case 'dynamodb get-item':
        return printed(await getItem(words, pipeline));
      case 's3api get-object':
        return await getObject(words, directory, pipeline);
      case 's3 ls':
        return (await list(words, pipeline)).map((key) => `${key.split('/').at(-1)}\n`).join('');
      case 's3 sync':
        return await sync(words, directory, pipeline);
      default:
        throw new Error(`no page uses aws ${service} ${operation} yet`);
    }
  };
}

const text = { type: 'string' } as const;

/** An item as DynamoDB writes JSON, as plain values. */
export function plainItem(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(typed: unknown): unknown {
  const [[type, value] = []] = Object.entries(typed as Record<string, unknown>);
  switch (type) {
    case 'M':
      return plainItem(value as Record<string, unknown>);
    case 'L':
      return (value as unknown[]).map(plain);
    case 'N':
      return Number(value);
    case 'NULL':
      return null;
    default:
      return value;
  }
}

async function query(words: readonly string[], pipeline: LocalPipeline) {
  const { values } = parseArgs({
    args: [...words],
    allowNegative: true,
    options: {
      'table-name': text,
      'index-name': text,
      'key-condition-expression': text,
      'expression-attribute-names': text,
      'expression-attribute-values': text,
      'scan-index-forward': { type: 'boolean' },
      'consistent-read': { type: 'boolean' },
      'max-items': text,
      'page-size': text,
      select: text,
    },
  });
  const maxItems = values['max-items'];
  return await withDynamoDb(pipeline, async (client) => {
    const { Items, Count, ScannedCount } = await client.send(
      new QueryCommand({
        TableName: values['table-name'],
        IndexName: values['index-name'],
        KeyConditionExpression: values['key-condition-expression'],
        ExpressionAttributeNames: parsed(values['expression-attribute-names']),
        ExpressionAttributeValues: parsed(values['expression-attribute-values']),
        ScanIndexForward: values['scan-index-forward'],
        ConsistentRead: values['consistent-read'],
        ...(maxItems && { Limit: Number(maxItems) }),
        ...(values.select === 'COUNT' && { Select: 'COUNT' }),
      }),
    );
    return { Items, Count, ScannedCount };
  });
}

async function getItem(words: readonly string[], pipeline: LocalPipeline) {
  const { values } = parseArgs({ args: [...words], options: { 'table-name': text, key: text } });
  return await withDynamoDb(pipeline, async (client) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: values['table-name'], Key: parsed(values.key) }),
    );
    return { Item };
  });
}

async function getObject(
  words: readonly string[],
  directory: string,
  { s3 }: LocalPipeline,
): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { bucket: text, key: text, range: text },
  });
  const { Body, ContentRange, Metadata } = await s3.send(
    new GetObjectCommand({ Bucket: values.bucket, Key: values.key, Range: values.range }),
  );
  const [file = ''] = positionals;
  await writeFile(join(directory, file), (await Body?.transformToByteArray()) ?? '');
  return printed({ ContentRange, Metadata });
}

async function sync(
  [from = '', to = '', ...rest]: readonly string[],
  directory: string,
  pipeline: LocalPipeline,
): Promise<string> {
  const { bucket, key: prefix } = placeOf(from);
  const keys = await list([from, '--recursive', ...rest], pipeline);
  for (const key of keys) {
    const { Body } = await pipeline.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const file = join(directory, to, key.slice(prefix.length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, (await Body?.transformToByteArray()) ?? '');
  }
  return '';
}

/** The keys below a place such as `s3://bucket/prefix/`. */
async function list(words: readonly string[], { s3 }: LocalPipeline): Promise<string[]> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { recursive: { type: 'boolean' } },
  });
  const { bucket, key: prefix } = placeOf(positionals[0] ?? '');
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ...(!values.recursive && { Delimiter: '/' }),
    }),
  );
  return Contents.flatMap(({ Key: key }) => (key === undefined ? [] : [key]));
}

function placeOf(url: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(url) ?? [];
  if (!bucket) throw new Error(`${url} is no place in S3`);
  return { bucket, key };
}

async function withDynamoDb<T>(
  { cloud: { endpoints, clientEnvironment: env } }: LocalPipeline,
  use: (client: DynamoDBClient) => Promise<T>,
): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

function printed(value: unknown): string {
  return `${JSON.stringify(value, undefined, 4)}\n`;
}

function parsed(json: string | undefined) {
  return json === undefined ? undefined : JSON.parse(json);
}

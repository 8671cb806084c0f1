import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { awsQuery } from '../../../local/read-video.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const RUNBOOK = new URL('../../../docs/runbook.md', import.meta.url);

/** The arguments that a shell would hand to `aws` for a command as it stands in a document. */
function argumentsOf(command: string, env: Record<string, string>): Map<string, string> {
  const script = `aws() { printf '%s\\0' "$@"; }\n${command}`;
  const printed = execFileSync('sh', ['-c', script], { env, encoding: 'utf8' });
  const words = printed.split('\0').slice(0, -1);
  expect(words.slice(0, 2)).toEqual(['dynamodb', 'query']);
  const options = words.slice(2);
  return new Map(
    options.flatMap((word, at): [string, string][] =>
      word.startsWith('--') ? [[word.slice(2), options[at + 1] ?? '']] : [],
    ),
  );
}

/** Runs a documented query as the `aws` command line would. @returns how many rows it finds */
async function run({ pipeline }: TestPipeline, command: string): Promise<number> {
  const { cloud, tableName, uploadsBucket } = pipeline;
  const given = argumentsOf(command, { TABLE: tableName, BUCKET: uploadsBucket });
  const parsed = (name: string) => {
    const text = given.get(name);
    return text === undefined ? undefined : JSON.parse(text);
  };
  const client = new DynamoDBClient({
    endpoint: cloud.endpoints.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { Count = 0 } = await client.send(
    new QueryCommand({
      TableName: given.get('table-name'),
      IndexName: given.get('index-name'),
      KeyConditionExpression: given.get('key-condition-expression'),
      ExpressionAttributeNames: parsed('expression-attribute-names'),
      ExpressionAttributeValues: parsed('expression-attribute-values'),
    }),
  );
  client.destroy();
  return Count;
}

it('finds by the queries of the runbook, and of the report, what is there', async () => {
  await using test = await startTestPipeline();
  const blocks = readFileSync(RUNBOOK, 'utf8').matchAll(/```sh\n(aws dynamodb query[\s\S]*?)```/g);
  const [where = '', failed = '', waits = ''] = [...blocks].map(([, command = '']) => command);
  const hostile = 'o\'clock "quoted" $(true).webm';
  await test.drop('path/to/video.mp4');
  await test.drop('no video.mp4', 'text');
  await test.drop(hostile);
  await test.letPass(8);

  expect(await run(test, waits)).toBe(2);
  await test.letThemFinish(['path/to/video.mp4', hostile], 120);

  expect(await run(test, waits)).toBe(0);
  expect(await run(test, where)).toBe(2);
  expect(await run(test, failed.replace('"failed"', '"rejected"'))).toBe(1);
  const { tableName, uploadsBucket } = test.pipeline;
  expect(await run(test, awsQuery(tableName, uploadsBucket, hostile))).toBe(2);
});

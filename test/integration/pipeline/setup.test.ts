import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, expect, it } from 'vitest';
import { CloudFormation } from '../../../local/cloud/emulators/cloudformation.ts';
import { batchKey } from '../../../shared/store/keys.ts';
import { runCommand } from '../../support/run-command.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';
import { waitFor } from '../../support/wait-for.ts';

/** As test/support/reused-pipeline.ts starts the box and the functions. */
const API_KEY = 'tlk_test';
const WEBHOOK_SECRET = 'whsec_test';
const GENERATED = 'aB3,defghijklmnopqrstuvwxyz01234';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The two secrets of a pipeline, which are as the deployment makes them, and are put back at the end. */
async function freshSecrets({ pipeline: { cloud } }: TestPipeline) {
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: cloud.endpoints.secretsManager,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const key = cloud.outputs['TwelveLabsApiKeySecretArn'];
  const webhook = cloud.outputs['WebhookSecretsSecretArn'];
  const put = (SecretId: string | undefined, SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  const read = async (SecretId: string | undefined) =>
    (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  await put(key, GENERATED);
  await put(webhook, JSON.stringify({ current: GENERATED }));
  return {
    read: async () => [await read(key), JSON.parse(await read(webhook)) as unknown],
    versions: async () => {
      const told = [key, webhook].map((SecretId) =>
        client.send(new DescribeSecretCommand({ SecretId })),
      );
      const found = await Promise.all(told);
      return found.map(({ VersionIdsToStages: them = {} }) => Object.keys(them).length);
    },
    async [Symbol.asyncDispose]() {
      await put(key, API_KEY);
      await put(webhook, JSON.stringify({ current: WEBHOOK_SECRET }));
      client.destroy();
    },
  };
}

function setup(test: TestPipeline, input: string, ...args: readonly string[]) {
  return runCommand('setup', { ...test, input }, ...args);
}

/** The same cloud, but for an endpoint of it. */
function elsewhere(test: TestPipeline, variables: Readonly<Record<string, string>>): TestPipeline {
  const { cloud } = test.pipeline;
  const clientEnvironment = { ...cloud.clientEnvironment, ...variables };
  return { ...test, pipeline: { ...test.pipeline, cloud: { ...cloud, clientEnvironment } } };
}

/** What became of the webhook of the batch in which a video was analysed. */
async function webhookOutcome(test: TestPipeline, key: string): Promise<unknown> {
  const [analysis] = (await test.rowsOf(key)).analyses;
  const { pk, sk } = batchKey(String(analysis?.batchId));
  const { table, tableName: TableName } = test.pipeline;
  const { Item } = await table.send(new GetCommand({ TableName, Key: { pk, sk } }));
  return Item?.['webhook']?.outcome;
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('stores what it is given, whereupon a video goes its whole way', async () => {
  await using test = await startTestPipeline();
  await using secrets = await freshSecrets(test);
  await test.drop('a.webm');
  await test.letPass(600);
  expect((await test.rowsOf('a.webm')).video?.reason?.code).toBe('api_key_invalid');

  const { out, errors, code } = await setup(test, `${API_KEY}\n${WEBHOOK_SECRET}\n`);
  expect(out).toContain('✓ TwelveLabs accepts it, at http');
  expect(out).toContain(test.pipeline.webhookUrl);
  expect(out).toContain(`aws s3 cp film.mp4 s3://${test.pipeline.uploadsBucket}/`);
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  expect(out).not.toMatch(/tlk_|whsec_/);
  expect(await secrets.read()).toEqual([API_KEY, { current: WEBHOOK_SECRET }]);

  const [rows] = await test.letThemFinish(['a.webm'], 3_600);
  expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
  const versions = await secrets.versions();
  const again = await setup(test, `${API_KEY}\n${WEBHOOK_SECRET}\n`);
  expect(again.out.match(/already stored/g)).toHaveLength(2);
  const nothing = await setup(test, '\n\n');
  expect(nothing.out.match(/stays as it is/g)).toHaveLength(2);
  expect(await secrets.versions()).toEqual(versions);
});

it('changes the signing secret without losing an event, and drops the old one when told to', async () => {
  await using test = await startTestPipeline();
  await using secrets = await freshSecrets(test);
  await setup(test, `${API_KEY}\n${WEBHOOK_SECRET}\n`);
  const { out } = await setup(test, '\nwhsec_newer_one\n');
  expect(out).toContain('npm run setup -- --retire-previous');
  expect(await secrets.read()).toEqual([
    API_KEY,
    { current: 'whsec_newer_one', previous: WEBHOOK_SECRET },
  ]);
  // The provider still signs with the one before.
  await test.drop('a.webm');
  await test.letThemFinish(['a.webm'], 3_600);
  await test.letPass(300);
  expect(test.logs.filter((line) => line.includes('webhook_refused'))).toEqual([]);
  expect(await webhookOutcome(test, 'a.webm')).toBe('received');

  const retired = await setup(test, '', '--retire-previous');
  expect(retired).toMatchObject({ errors: '', code: 0 });
  expect(await secrets.read()).toEqual([API_KEY, { current: 'whsec_newer_one' }]);
});

it('stores no key that TwelveLabs refuses, and says nothing of it', async () => {
  await using test = await startTestPipeline();
  await using secrets = await freshSecrets(test);
  const before = await secrets.versions();
  const { out, errors, code } = await setup(test, `tlk_of_somebody_else\n${WEBHOOK_SECRET}\n`);
  expect(out).toContain('✗ not stored: TwelveLabs refuses it (HTTP 401 api_key_invalid)');
  expect(code).toBe(1);
  expect(out + errors).not.toMatch(/tlk_|whsec_/);
  expect(await secrets.versions()).toEqual(before);
  const empty = await setup(test, '');
  expect(empty.errors).toContain('setup: the input ended before a line for the API key');
  expect(empty.code).toBe(2);
});

it('says what it has stored when it is interrupted', async () => {
  await using test = await startTestPipeline();
  await using secrets = await freshSecrets(test);
  const command = fileURLToPath(new URL('../../../cli/setup.ts', import.meta.url));
  const env = { PATH: process.env['PATH'], ...test.pipeline.cloud.clientEnvironment };
  const child = spawn(process.execPath, [command], { env });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const errors = text(child.stderr);
  child.stdout.resume();
  child.stdin.write(`${API_KEY}\n`);
  await waitFor(async () => (await secrets.read())[0] === API_KEY);
  child.kill('SIGINT');

  expect(await ended).toBe(130);
  // By then its own answer may not have come.
  expect(await errors).toMatch(/setup: interrupted; .*the API key (was stored|may have been)/);
  expect((await secrets.read())[1]).toEqual({ current: GENERATED });
});

it('stores a key that nobody could be asked about only with --unchecked', async () => {
  await using test = await startTestPipeline();
  await using secrets = await freshSecrets(test);
  const stacks = new CloudFormation();
  const outputs = {
    ...test.pipeline.cloud.outputs,
    TwelveLabsBaseUrl: 'http://127.0.0.1:1/v1.3',
  };
  stacks.add({ name: 'Reelbatch', stackId: 'id', outputs, resources: [] });
  const lonely = elsewhere(test, { AWS_ENDPOINT_URL_CLOUDFORMATION: await listen(stacks.server) });

  const asked = await setup(lonely, 'tlk_maybe\n');
  expect(asked.out).toContain('! not tried: no answer from http://127.0.0.1:1/v1.3 (');
  expect(asked.out).toContain('✗ not stored; try again later, or with --unchecked');
  expect(asked.code).toBe(1);
  expect((await secrets.read())[0]).toBe(GENERATED);
  const unchecked = await setup(lonely, 'tlk_maybe\n', '--unchecked');
  expect(unchecked).toMatchObject({ errors: '', code: 0 });
  expect((await secrets.read())[0]).toBe('tlk_maybe');
});

it('names the right that is missing', async () => {
  await using test = await startTestPipeline();
  const refusing = createServer((_, response) => {
    const message =
      'User: arn:aws:iam::1:user/a is not authorized to perform: secretsmanager:GetSecretValue on resource: b';
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: 'AccessDeniedException', Message: message }));
  });
  const poor = elsewhere(test, { AWS_ENDPOINT_URL_SECRETS_MANAGER: await listen(refusing) });
  const { errors, code } = await setup(poor, `${API_KEY}\n`);
  expect(errors).toBe('setup: the right secretsmanager:GetSecretValue is missing here; get it\n');
  expect(code).toBe(1);
});

it.each([
  [['tlk_on_the_command_line']],
  [['--api-key', 'tlk_on_the_command_line']],
  [['--api-key=tlk_on_the_command_line']],
])('takes no secret from %j, and does not say it again', async (args) => {
  const { out, errors, code } = await runCommand('setup', undefined, ...args);
  expect(errors).toContain('secrets are never given as arguments');
  expect(out + errors).not.toContain('command_line');
  expect(code).toBe(2);
});

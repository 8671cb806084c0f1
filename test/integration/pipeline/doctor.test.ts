import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Clock } from '../../../local/clock.ts';
import { CloudFormation } from '../../../local/cloud/emulators/cloudformation.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { startTwelveLabsBox, type TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { aBatch } from '../../support/rows.ts';
import { type CommandEnd, runCommand } from '../../support/run-command.ts';
import { waitFor } from '../../support/wait-for.ts';

const API_KEY = 'tlk_the-right-key';
const WEBHOOK_SECRET = 'whsec_the-right-secret';

/** The doctor is another process: it lives in real time, and so does its patient. */
const clock = new Clock();
let box: TwelveLabsBox;
let pipeline: LocalPipeline;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  box = await startTwelveLabsBox({ clock, apiKey: API_KEY });
  pipeline = await startPipeline({
    assemblyDirectory: inject('assemblyDirectory'),
    clock,
    provider: {
      kind: 'other',
      baseUrl: box.baseUrl,
      apiKey: API_KEY,
      webhookSecret: WEBHOOK_SECRET,
      uploadRoute: 'url',
    },
  });
  secrets = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: pipeline.cloud.endpoints.secretsManager,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await pipeline.cloud.fireSchedules();
  const endedAt = new Date().toISOString();
  const told = aBatch({ state: 'closed', batchId: 'told', stateSince: endedAt, endedAt });
  const { stage: _, dueAt: __, dueBy: ___, ...closed } = told;
  await pipeline.table.send(
    new PutCommand({
      TableName: pipeline.tableName,
      Item: { ...closed, webhook: { outcome: 'received', attempts: 1 } },
    }),
  );
});

afterAll(async () => {
  secrets.destroy();
  await pipeline.stop();
  await box.close();
  clock.close();
});

async function doctor(environment: Record<string, string> = {}, ...args: string[]) {
  const clientEnvironment = { ...pipeline.cloud.clientEnvironment, ...environment };
  return await runCommand('doctor', { pipeline: { cloud: { clientEnvironment } } }, ...args);
}

/** The line that begins with a mark and a name. */
function lineOf({ out }: CommandEnd, name: string): string | undefined {
  return out.split('\n').find((line) => line.slice(2).startsWith(`${name}:`));
}

async function setSecret(output: string, SecretString: string) {
  const SecretId = pipeline.cloud.outputs[output];
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
}

async function probeRows() {
  const { Items = [] } = await pipeline.table.send(
    new ScanCommand({ TableName: pipeline.tableName, ConsistentRead: true }),
  );
  return Items.filter(({ batchId }) => String(batchId).startsWith('doctor-'));
}

it('finds a healthy stack fit to work, and leaves nothing behind', async () => {
  const end = await doctor();
  const lines = end.out.trimEnd().split('\n');
  const marks = lines.slice(0, -2).filter((line) => !line.startsWith('✓ '));
  expect({ marks, errors: end.errors }).toEqual({ marks: [], errors: '' });
  expect(lines.slice(0, -2).map((line) => line.slice(2).split(':')[0])).toEqual([
    ...['stack', "this machine's clock", 'API key', 'slots', 'upload rate', 'forged webhook'],
    ...['webhook', 'webhook at TwelveLabs', 'queue Uploads', 'queue ScheduledUploads'],
    ...['queue LargeUploads', 'queue RegisteredAssets', 'queue QueuedAnalyses'],
    ...['queue ChangedBatches', 'table', "the pipeline's clock"],
  ]);
  expect(lineOf(end, 'webhook')).toMatch(/was seen at the other end \d+\.\d s later$/);
  expect(lines.at(-1)).toBe('Fit to work.');
  expect(end.code).toBe(0);
  expect(await probeRows()).toEqual([]);
  expect(end.out).not.toMatch(/tlk_|whsec_|v1=/);
});

it('says where the right key goes when TwelveLabs refuses the one that is there', async () => {
  await setSecret('TwelveLabsApiKeySecretArn', 'tlk_of-somebody-else');
  const end = await doctor();
  await setSecret('TwelveLabsApiKeySecretArn', API_KEY);

  expect(lineOf(end, 'API key')).toMatch(
    /^✗ API key: TwelveLabs refuses it \(HTTP 401 .*\); npm run setup stores yours \(as plain text in arn:aws:/,
  );
  expect(lineOf(end, 'slots')).toMatch(/^✗ slots: TwelveLabs answers HTTP 401 .* the API key$/);
  expect(lineOf(end, 'table')).toMatch(/^✓/);
  expect(end.out).toContain('2 to be mended (✗)');
  expect(end.code).toBe(1);
  expect(end.out + end.errors).not.toMatch(/somebody-else|tlk_/);
});

it('says that a secret is not the one that events are checked with', async () => {
  // The function has read the right one within five minutes.
  await setSecret('WebhookSecretsSecretArn', '{"current":"whsec_wrong"}');
  const wrong = await doctor();
  await setSecret('WebhookSecretsSecretArn', '["whsec_bare"]');
  const bare = await doctor();
  await setSecret('WebhookSecretsSecretArn', JSON.stringify({ current: WEBHOOK_SECRET }));

  expect(lineOf(wrong, 'webhook')).toContain(
    `an event signed with the current secret of ${pipeline.cloud.outputs['WebhookSecretsSecretArn']} is refused (401)`,
  );
  expect(lineOf(wrong, 'forged webhook')).toMatch(/^✓/);
  expect(wrong.code).toBe(1);
  expect(lineOf(bare, 'webhook')).toMatch(
    /^✗ webhook: the secret arn:aws:.* holds no \{"current": "…"\} \(.*\)$/,
  );
  expect(wrong.out + bare.out + bare.errors).not.toMatch(/whsec_/);
  expect(await probeRows()).toEqual([]);
});

it('says that an event was swallowed, and that anybody may send some', async () => {
  const swallowing = createServer((_, response) => response.writeHead(202).end());
  const stacks = new CloudFormation();
  const { outputs } = pipeline.cloud;
  const WebhookUrl = `${await listen(swallowing)}/webhooks/twelvelabs`;
  stacks.add({ name: 'Other', stackId: 'id', outputs: { ...outputs, WebhookUrl }, resources: [] });

  const end = await doctor(
    { AWS_ENDPOINT_URL_CLOUDFORMATION: await listen(stacks.server) },
    ...['--stack', 'Other', '--wait', '5'],
  );

  for (const server of [swallowing, stacks.server]) server.close();
  expect(lineOf(end, 'webhook')).toMatch(
    /^✗ webhook: accepted, but not seen at the other end within 5 s; look at the queue ChangedB/,
  );
  expect(lineOf(end, 'forged webhook')).toContain('✗ forged webhook: AN EVENT SIGNED WITH ANOTHER');
  expect(lineOf(end, 'queue Uploads')).toContain('✗ queue Uploads: the stack has no queue Uploads');
  expect(end.code).toBe(1);
  expect(await probeRows()).toEqual([]);
});

it('counts dead letters', async () => {
  const { sqs } = pipeline;
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand());
  const QueueUrl = QueueUrls.find((url) => /-UploadsDeadLetters[0-9A-F]{8}$/.test(url));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no JSON' }));
  const end = await doctor();
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(lineOf(end, 'queue Uploads')).toMatch(/^✗ .* 1 dead letter; npm run redrive shows them/);
  expect(lineOf(end, 'queue LargeUploads')).toMatch(/^✓/);
  expect(end.code).toBe(1);
});

it('takes its row out again when it is interrupted', async () => {
  const { cloud } = pipeline;
  const silent = createServer(() => {});
  const stacks = new CloudFormation();
  const WebhookUrl = `${await listen(silent)}/webhooks/twelvelabs`;
  const outputs = { ...cloud.outputs, WebhookUrl };
  stacks.add({ name: 'Reelbatch', stackId: 'id', outputs, resources: [] });
  const env = {
    PATH: process.env['PATH'],
    ...cloud.clientEnvironment,
    AWS_ENDPOINT_URL_CLOUDFORMATION: await listen(stacks.server),
  };
  const command = fileURLToPath(new URL('../../../cli/doctor.ts', import.meta.url));
  const child = spawn(process.execPath, [command], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await waitFor(async () => (await probeRows()).length === 1);

  child.kill('SIGINT');

  expect(await ended).toBe(130);
  expect(await probeRows()).toEqual([]);
  silent.closeAllConnections();
  for (const server of [silent, stacks.server]) server.close();
});

it('says what is wrong with what it was told', async () => {
  const typo = await doctor({}, '--stack', 'Reelbach');
  expect(typo.out).toBe(
    '✗ stack: there is no stack Reelbach in us-east-1; there is Reelbatch: is its name right (--stack NAME), and AWS_REGION?\n',
  );
  expect(typo.code).toBe(1);
  const nobody = await doctor({
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect(nobody.out).toContain('✗ stack: no AWS credentials are found; log in');
  expect(nobody.code).toBe(1);
  const unknown = await doctor({}, '--stak', 'x');
  expect(unknown.errors).toContain("doctor: Unknown option '--stak'");
  expect(unknown.code).toBe(2);
  expect((await doctor({}, '--help')).code).toBe(0);
});

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, it } from 'vitest';
import { allow, arnOf, lambda, queuePair, ref, roleWith, table } from './assembly.ts';
import { shareCloud } from './shared-cloud.ts';

const inBucket = (pattern: string) => ({ 'Fn::Join': ['', [arnOf('Bucket'), pattern]] });
const { GetObject, ListBucket } = {
  GetObject: allow('s3:GetObject', inBucket('/*')),
  ListBucket: allow('s3:ListBucket', arnOf('Bucket')),
};
const variables = {
  TABLE_NAME: ref('Table'),
  BUCKET_NAME: ref('Bucket'),
  QUEUE_URL: ref('Work'),
  QUEUE_NAME: { 'Fn::GetAtt': ['Work', 'QueueName'] },
  SECRET_ARN: ref('Secret'),
};
const caller = (role: string) =>
  lambda('callAws', { Role: arnOf(role), Environment: { Variables: variables } });

const running = shareCloud({
  handlers: { callAws: { file: 'call-aws.ts' } },
  resources: {
    Table: table,
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    ...queuePair('Work'),
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { GenerateSecretString: {} },
    },
    AllRole: roleWith(
      allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], arnOf('Table')),
      allow('s3:PutObject', inBucket('/*')),
      GetObject,
      ListBucket,
      allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], arnOf('Work')),
      allow('secretsmanager:GetSecretValue', ref('Secret')),
    ),
    All: caller('AllRole'),
    NoneRole: roleWith(),
    None: caller('NoneRole'),
    ReaderRole: roleWith(GetObject),
    Reader: caller('ReaderRole'),
  },
  outputs: { Bucket: { Value: ref('Bucket') } },
});

beforeAll(async () => {
  const Bucket = running().cloud.outputs['Bucket'];
  await running().s3.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'hello' }));
});

interface Said {
  readonly outcome: string;
  readonly message?: string;
  readonly status?: number;
}

async function call(functionName: string, what: string): Promise<Said> {
  const outcome = await running().cloud.invoke(functionName, { call: what });
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  return outcome.payload as Said;
}

it.each(['get', 'put', 'query', 'getObject', 'putObject', 'send', 'getQueueUrl', 'getSecret'])(
  'lets a function %s when its role allows it',
  async (what) => {
    expect(await call('All', what)).toEqual({ outcome: 'done' });
  },
);

const USER =
  'User: arn:aws:sts::000000000000:assumed-role/Test-NoneRole/Test-None is not authorized to perform:';

it.each([
  [
    'put',
    'AccessDeniedException',
    400,
    'dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table because',
  ],
  [
    'queryIndex',
    'AccessDeniedException',
    400,
    'dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table/index/other because',
  ],
  [
    'getObject',
    'AccessDenied',
    403,
    's3:GetObject on resource: "arn:aws:s3:::test-bucket/there" because',
  ],
  [
    'putObject',
    'AccessDenied',
    403,
    's3:PutObject on resource: "arn:aws:s3:::test-bucket/new" because',
  ],
  [
    'send',
    'AccessDenied',
    403,
    'sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:Test-Work because no identity-based policy allows the sqs:sendmessage action',
  ],
  [
    'getSecret',
    'AccessDeniedException',
    400,
    'secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:000000000000:secret:Test-Secret-',
  ],
])(
  'refuses a function %s, as AWS does, when no policy allows it',
  async (what, name, status, words) => {
    const said = await call('None', what);

    expect(said).toMatchObject({ outcome: name, status });
    expect(said.message).toContain(`${USER} ${words}`);
    const { denials } = await running().cloud.accessRecord();
    expect(denials).toContainEqual(expect.stringContaining(USER));
    expect(running().logText()).toContain(`emulators: ${USER}`);
  },
);

it('refuses an index to who may query only the table', async () => {
  expect((await call('All', 'queryIndex')).message).toContain(
    'dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table/index/other',
  );
});

it('tells only those who may list a bucket that a key has no object', async () => {
  expect(await call('All', 'getMissingObject')).toMatchObject({
    outcome: 'NoSuchKey',
    status: 404,
  });
  expect(await call('All', 'headMissingObject')).toMatchObject({
    outcome: 'NotFound',
    status: 404,
  });

  const denied = await call('Reader', 'getMissingObject');
  expect(denied).toMatchObject({ outcome: 'AccessDenied', status: 403 });
  expect(denied.message).toContain('s3:ListBucket on resource: "arn:aws:s3:::test-bucket"');
  expect((await call('Reader', 'headMissingObject')).status).toBe(403);
});

it('lets who has a presigned URL do what its signer may, at the time of the request', async () => {
  const fetched = async (functionName: string, what: string) => {
    const response = await fetch((await call(functionName, what)).outcome);
    return [response.status, response.ok ? await response.text() : ''];
  };

  expect(await fetched('Reader', 'presign')).toEqual([200, 'hello']);
  expect(await fetched('None', 'presign')).toEqual([403, '']);
  expect(await fetched('All', 'presignMissing')).toEqual([404, '']);
  expect(await fetched('Reader', 'presignMissing')).toEqual([403, '']);
});

it('refuses who does not sign, and an operation of which it does not know what it takes', async () => {
  const { s3 } = running().cloud.endpoints;
  expect((await fetch(`${s3}/test-bucket/there`)).status).toBe(403);
  expect((await fetch(running().cloud.endpoints.secretsManager, { method: 'POST' })).status).toBe(
    400,
  );

  expect((await call('All', 'deleteObjects')).message).toContain(
    'the local cloud does not know what permission s3: POST /test-bucket/ takes',
  );
});

it('records by which part of which policy each function was allowed its calls', async () => {
  await call('All', 'get');

  const { grants } = await running().cloud.accessRecord();

  const resource = 'arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table';
  const own = grants.filter(({ functionLogicalId }) => functionLogicalId === 'All');
  expect(own).toContainEqual({
    functionLogicalId: 'All',
    action: 'dynamodb:GetItem',
    resource,
    uses: expect.toSatisfy((uses: number) => uses > 0),
  });
  // Lambda writes the logs, with the rights of the role.
  expect(own).toContainEqual(expect.objectContaining({ action: 'logs:PutLogEvents', uses: 1 }));
});

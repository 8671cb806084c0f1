import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A stack of a test's own making. */
export interface TestStack {
  readonly resources: Record<string, unknown>;
  /** Code by the name that `code` refers to: a source text, or a file in handlers/ to bundle. */
  readonly handlers?: Readonly<Record<string, { text: string } | { file: string }>>;
  readonly outputs?: Record<string, unknown>;
}

/** Writes what `cdk synth` would write, without CDK. */
export async function writeAssembly(stack: TestStack): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'reelbatch-assembly-'));
  const files: Record<string, unknown> = {};
  for (const [name, handler] of Object.entries(stack.handlers ?? {})) {
    const asset = path.join(directory, `asset.${name}`);
    await mkdir(asset);
    if ('text' in handler) await writeFile(path.join(asset, 'index.mjs'), handler.text);
    else await bundle(handler.file, path.join(asset, 'index.js'));
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
    };
  }
  const template = {
    Parameters: {
      BootstrapVersion: {
        Type: 'AWS::SSM::Parameter::Value<String>',
        Default: '/cdk-bootstrap/hnb659fds/version',
      },
    },
    Rules: { CheckBootstrapVersion: { Assertions: [] } },
    Resources: stack.resources,
    Outputs: stack.outputs ?? {},
  };
  const manifest = {
    version: '55.0.0',
    artifacts: {
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'Test.template.json', stackName: 'Test' },
      },
    },
  };
  await writeFile(path.join(directory, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(path.join(directory, 'Test.assets.json'), JSON.stringify({ files }));
  await writeFile(path.join(directory, 'Test.template.json'), JSON.stringify(template));
  return directory;
}

/** `Fn::GetAtt` of an ARN. */
export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
export const ref = (name: string) => ({ Ref: name });

/** A function that runs the named code. */
export function lambda(code: string, properties: Record<string, unknown> = {}) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { 'Fn::Sub': `assets-\${AWS::AccountId}` }, S3Key: `${code}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: arnOf('Role'),
      Timeout: 10,
      MemorySize: 256,
      ...properties,
    },
  };
}

export const allow = (Action: string | string[], Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

/** A role of functions with these statements; logs may be written with any. */
export function roleWith(...statements: readonly object[]) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      },
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      ...(statements.length > 0 && {
        Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }],
      }),
    },
  };
}

/** A role that may do anything. */
export const role = roleWith(allow('*', '*'));

/** Lets a service invoke a function. */
export function permission(target: string, service: 'apigateway' | 'events') {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf(target),
      Principal: `${service}.amazonaws.com`,
    },
  };
}

/** Lets S3 send to a queue. */
export function letS3Send(queue: string) {
  const statement = allow('sqs:SendMessage', arnOf(queue), {
    Principal: { Service: 's3.amazonaws.com' },
  });
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [ref(queue)], PolicyDocument: { Statement: [statement] } },
  };
}

/** A queue with its dead-letter queue, named after it. */
export function queuePair(name: string, properties: Record<string, unknown> = {}) {
  return {
    [`${name}DeadLetters`]: { Type: 'AWS::SQS::Queue', Properties: {} },
    [name]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 60,
        SqsManagedSseEnabled: true,
        RedrivePolicy: { deadLetterTargetArn: arnOf(`${name}DeadLetters`), maxReceiveCount: 3 },
        ...properties,
      },
    },
  };
}

/** A mapping from a queue to a function. */
export function mapping(queue: string, target: string, properties: Record<string, unknown> = {}) {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: arnOf(queue),
      FunctionName: ref(target),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...properties,
    },
  };
}

/** A table with one key. */
export const table = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: ref('AWS::Region') }],
  },
};

async function bundle(file: string, outfile: string): Promise<void> {
  const entry = fileURLToPath(new URL(`./handlers/${file}`, import.meta.url));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
}

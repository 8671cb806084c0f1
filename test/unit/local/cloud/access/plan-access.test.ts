import { expect, it } from 'vitest';
import { planCloud } from '../../../../../local/cloud/plan-cloud.ts';
import { templateSchema } from '../../../../../local/cloud/template/template.ts';
import {
  allow,
  arnOf,
  lambda,
  letS3Send,
  mapping,
  permission,
  queuePair,
  ref,
  role,
  roleWith,
} from '../../../../integration/cloud/assembly.ts';

const at = 'http://127.0.0.1:1';
const endpoints = {
  s3: at,
  sqs: at,
  dynamodb: at,
  secretsManager: at,
  cloudFormation: at,
  httpApi: at,
};

/** What a stack of a function `Work` and these resources comes to. */
function plan(resources: Record<string, unknown>) {
  const template = templateSchema.parse({
    Resources: { Role: role, Work: lambda('work'), ...resources },
  });
  const assembly = { stackName: 'Test', template, assets: new Map([['work.zip', '/work']]) };
  return planCloud(assembly, endpoints, {});
}

const notAllowed = { Action: 'sqs:*', Effect: 'Deny', Resource: '*' };
const policy = (...statements: readonly object[]) => ({ Statement: statements });
const { Properties: roleProperties } = role;
const notifying = {
  ...queuePair('Uploads'),
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      NotificationConfiguration: {
        QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: arnOf('Uploads') }],
      },
    },
  },
};
const api = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: ref('Api'), StageName: '$default', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref('Api'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arnOf('Work'),
      PayloadFormatVersion: '2.0',
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: ref('Api'),
      RouteKey: 'POST /webhooks/{id}',
      Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
    },
  },
};
const schedule = {
  EveryMinute: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Arn: arnOf('Work'), Id: 'Target0' }],
    },
  },
};
const permissionFor = (service: 'apigateway' | 'events', sourceArn: unknown) => {
  const { Type, Properties } = permission('Work', service);
  return { Type, Properties: { ...Properties, SourceArn: sourceArn } };
};
const routeArn = (path: string) => ({
  'Fn::Sub': [
    'arn:aws:execute-api:us-east-1:000000000000:$' + '{Api}/$' + '{Path}',
    { Path: path },
  ],
});

it.each<[string, Record<string, unknown>, string]>([
  [
    'a queue polled with a role that may not',
    {
      ...queuePair('Queue'),
      Mapping: mapping('Queue', 'Work'),
      Role: roleWith(allow(['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'], arnOf('Queue'))),
    },
    'Work: its role may not sqs:DeleteMessage on arn:aws:sqs:us-east-1:000000000000:Test-Queue; AWS refuses the event source mapping',
  ],
  [
    'a function whose role may not write logs',
    { Role: { ...role, Properties: { ...roleProperties, ManagedPolicyArns: [], Policies: [] } } },
    'Work: its role may not logs:CreateLogGroup',
  ],
  [
    'a traced function whose role may not trace',
    { Role: roleWith(), Work: lambda('work', { TracingConfig: { Mode: 'Active' } }) },
    'Work: its role may not xray:PutTraceSegments on *; its traces are lost',
  ],
  [
    'a role that Lambda may not assume',
    {
      Role: {
        ...role,
        Properties: { ...roleProperties, AssumeRolePolicyDocument: policy(notAllowed) },
      },
    },
    'Role: the role can not be assumed by lambda.amazonaws.com',
  ],
  [
    'a policy of AWS that it does not know',
    {
      Role: {
        ...role,
        Properties: { ...roleProperties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/Other'] },
      },
    },
    'Role: the local cloud does not know what arn:aws:iam::aws:policy/Other says',
  ],
  [
    'a role of elsewhere',
    { Work: lambda('work', { Role: 'arn:aws:iam::1:role/other' }) },
    'Work: arn:aws:iam::1:role/other is no role of the template',
  ],
  [
    'a bucket that notifies a queue without a policy',
    notifying,
    'test-bucket: the policy of the queue Test-Uploads does not let s3.amazonaws.com send to it',
  ],
  [
    'a bucket that notifies a queue which lets S3 send to another',
    { ...notifying, Policy: letS3Send('UploadsDeadLetters') },
    'test-bucket: the policy of the queue Test-Uploads does not let s3.amazonaws.com send to it',
  ],
  [
    'a route to a function that API Gateway may not invoke',
    { ...api, Permission: permission('Work', 'events') },
    'Work: no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke it for the route POST /webhooks/{id}',
  ],
  [
    'a route to a function that may be invoked for another',
    { ...api, Permission: permissionFor('apigateway', routeArn('*/POST/others/*')) },
    'lets apigateway.amazonaws.com invoke it for the route POST /webhooks/{id}',
  ],
  [
    'a schedule of a function that EventBridge may not invoke',
    schedule,
    'Work: no AWS::Lambda::Permission lets events.amazonaws.com invoke it for the rule EveryMinute',
  ],
])('refuses %s, as AWS does or lives to regret', (_what, resources, sentence) => {
  expect(() => plan(resources)).toThrow(sentence);
});

it('takes what is allowed, wherever it is said', () => {
  const { serviceCalls } = plan({
    ...notifying,
    UploadsPolicy: letS3Send('Uploads'),
    ...api,
    ApiPermission: permissionFor('apigateway', routeArn('*/*/webhooks/*')),
    ...schedule,
    RulePermission: permissionFor('events', arnOf('EveryMinute')),
    Mapping: mapping('Uploads', 'Work'),
    Role: roleWith(),
    Attached: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'polls',
        PolicyDocument: policy(allow('sqs:ReceiveMessage', arnOf('Uploads'))),
        Roles: [ref('Role')],
      },
    },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: policy(allow(['sqs:Delete*', 'sqs:GetQueueAttributes'], '*')),
        Roles: [ref('Role')],
      },
    },
  });

  expect(serviceCalls.filter(({ action }) => action.startsWith('sqs:'))).toEqual([
    expect.objectContaining({ functionLogicalId: 'Work', action: 'sqs:ReceiveMessage' }),
    { functionLogicalId: 'Work', action: 'sqs:Delete*', resource: '*' },
    { functionLogicalId: 'Work', action: 'sqs:GetQueueAttributes', resource: '*' },
  ]);
});

it('leaves roles alone that no function has', () => {
  const { access } = plan({
    OtherRole: {
      ...role,
      Properties: { AssumeRolePolicyDocument: policy({ ...notAllowed, NotAction: 'x' }) },
    },
    OtherPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyDocument: { Nonsense: true }, Roles: [ref('OtherRole')] },
    },
  });

  expect(access.callers.map(({ functionLogicalId }) => functionLogicalId)).toEqual(['Work']);
});

it('needs no right to make a log group that the template makes', () => {
  const logs = { Type: 'AWS::Logs::LogGroup', Properties: {} };
  const writes = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('Logs'));
  const { Properties } = roleWith(writes);

  const { serviceCalls } = plan({
    Logs: logs,
    Work: lambda('work', { LoggingConfig: { LogGroup: ref('Logs'), LogFormat: 'JSON' } }),
    Role: { ...role, Properties: { ...Properties, ManagedPolicyArns: [] } },
  });

  expect(serviceCalls.map(({ action }) => action)).toEqual([
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
});

import { honoured, nested, only, type SupportTable, withoutEffect } from './support.ts';

const TAGS = withoutEffect('nothing is billed or searched by tag', 'Tags');
const OBSERVED = 'logs go to the terminal; nobody reads traces or metrics here';
const FOR_PEOPLE = withoutEffect('it is for people', 'Description');

const LAMBDA: Readonly<Record<string, SupportTable>> = {
  'AWS::Lambda::Function': {
    ...honoured('FunctionName', 'Handler', 'Timeout', 'MemorySize', 'ReservedConcurrentExecutions'),
    ...honoured('Runtime'),
    ...nested('Code', honoured('S3Key'), withoutEffect('assets are files here', 'S3Bucket')),
    ...nested('Environment', honoured('Variables')),
    ...only('PackageType', 'Zip'),
    ...withoutEffect('it runs on the processor of the laptop', 'Architectures'),
    ...withoutEffect('it has the temporary folder of the laptop', 'EphemeralStorage'),
    ...nested('TracingConfig', honoured('Mode')),
    ...nested(
      'LoggingConfig',
      honoured('LogGroup'),
      withoutEffect(OBSERVED, 'LogFormat', 'ApplicationLogLevel', 'SystemLogLevel'),
    ),
    ...withoutEffect('it runs the Node.js of the laptop', 'RuntimeManagementConfig'),
    ...honoured('Role'),
    ...FOR_PEOPLE,
    ...TAGS,
  },
  'AWS::Lambda::EventSourceMapping': {
    ...honoured(
      'EventSourceArn',
      'FunctionName',
      'BatchSize',
      'MaximumBatchingWindowInSeconds',
      'Enabled',
      'FunctionResponseTypes',
    ),
    ...nested('ScalingConfig', honoured('MaximumConcurrency')),
    ...withoutEffect(OBSERVED, 'MetricsConfig'),
    ...TAGS,
  },
  'AWS::Lambda::EventInvokeConfig': {
    ...honoured('FunctionName', 'MaximumRetryAttempts'),
    ...only('Qualifier', '$LATEST'),
  },
  'AWS::Lambda::Permission': honoured(
    'Action',
    'FunctionName',
    'Principal',
    'SourceArn',
    'SourceAccount',
  ),
};

const HTTP_API: Readonly<Record<string, SupportTable>> = {
  'AWS::ApiGatewayV2::Api': {
    ...honoured('Name'),
    ...only('ProtocolType', 'HTTP'),
    // The address that it closes is on the internet; the one here is on loopback anyway.
    ...only('DisableExecuteApiEndpoint', false),
    ...FOR_PEOPLE,
    ...TAGS,
  },
  'AWS::ApiGatewayV2::Integration': {
    ...honoured('ApiId', 'IntegrationUri', 'TimeoutInMillis'),
    ...only('IntegrationType', 'AWS_PROXY'),
    ...only('IntegrationMethod', 'POST'),
    ...only('PayloadFormatVersion', '2.0'),
    ...FOR_PEOPLE,
  },
  'AWS::ApiGatewayV2::Route': {
    ...honoured('ApiId', 'RouteKey', 'Target'),
    ...only('AuthorizationType', 'NONE'),
  },
  'AWS::ApiGatewayV2::Stage': {
    ...honoured('ApiId'),
    ...only('StageName', '$default'),
    ...only('AutoDeploy', true),
    ...withoutEffect(OBSERVED, 'AccessLogSettings'),
    ...withoutEffect('a laptop is not throttled', 'DefaultRouteSettings', 'RouteSettings'),
    ...FOR_PEOPLE,
    ...TAGS,
  },
};

/** Functions and what starts them. */
export const SUPPORTED_COMPUTE: Readonly<Record<string, SupportTable>> = {
  ...LAMBDA,
  ...HTTP_API,
  'AWS::Events::Rule': {
    ...honoured('Name', 'ScheduleExpression'),
    ...only('State', 'ENABLED', 'DISABLED'),
    ...nested(
      'Targets',
      honoured('Arn', 'Id', 'Input'),
      withoutEffect('events always reach the function here', 'RetryPolicy', 'DeadLetterConfig'),
    ),
    ...FOR_PEOPLE,
    ...TAGS,
  },
};

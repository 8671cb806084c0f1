import { expect, it } from 'vitest';
import { checkSupport } from '../../../../local/cloud/template/check-support.ts';
import { templateSchema } from '../../../../local/cloud/template/template.ts';

function problems(resources: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  try {
    checkSupport(templateSchema.parse({ Resources: resources, ...more }));
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const queue = (properties: object) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

it('takes what it honours, and what knowingly has no effect', () => {
  const resources = {
    Queue: queue({ VisibilityTimeout: 30, SqsManagedSseEnabled: true, Tags: [], FifoQueue: false }),
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Anything: { 'Fn::If': ['a', 1, 2] } } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'alias/aws/sns' } },
    Uploads: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } }],
        },
      },
    },
    Metadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2' }, Condition: 'C' },
  };
  const bootstrap = {
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk' },
  };

  expect(problems(resources, { Parameters: bootstrap, Rules: {}, Conditions: {} })).toBe('');
});

it('names every resource, type and property that it can not honour, all at once', () => {
  const found = problems({
    Stream: { Type: 'AWS::Kinesis::Stream' },
    Queue: queue({ FifoQueue: true, Colour: 'red' }),
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        ReplicationConfiguration: {},
        NotificationConfiguration: { LambdaConfigurations: [] },
        LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 1 }] },
      },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    },
    Conditional: { ...queue({}), Condition: 'IsProduction' },
  });

  expect(found.split('\n  ')).toEqual([
    'the local cloud can not do all that the template asks for:',
    'Stream (AWS::Kinesis::Stream): this type of resource is not supported',
    'Queue (AWS::SQS::Queue): the property FifoQueue is supported only as false, not as true',
    'Queue (AWS::SQS::Queue): the property Colour is not supported',
    'Bucket (AWS::S3::Bucket): the property ReplicationConfiguration is not supported',
    'Bucket (AWS::S3::Bucket): the property NotificationConfiguration.LambdaConfigurations is not supported',
    'Bucket (AWS::S3::Bucket): the property LifecycleConfiguration.Rules.ExpirationInDays is not supported',
    'Table (AWS::DynamoDB::Table): the property TimeToLiveSpecification.Enabled is supported only as false, not as true',
    'Conditional (AWS::SQS::Queue): Condition is not supported',
  ]);
});

it('refuses a parameter that nobody gives, and a macro', () => {
  expect(problems({}, { Parameters: { Size: { Type: 'String' } } })).toContain(
    'Size: a parameter without a default is not supported',
  );
  expect(problems({}, { Transform: 'AWS::Serverless-2016-10-31' })).toContain('macros');
});

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import { PipelineStack } from '../../infra/pipeline-stack.ts';
import { indexes } from '../../shared/store/keys.ts';

type Properties = Record<string, unknown>;

/** The template without its bundles, whose making the other tests prove. */
function synthesizeWith(context: Record<string, unknown> = {}): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } });
  return Template.fromStack(new PipelineStack(app, 'Test', readConfig(app.node)));
}

const template = synthesizeWith();

function resources(type: string): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, { Properties }]) => [
    id,
    Properties as Properties,
  ]);
}

/** The logical id that a Ref or Fn::GetAtt points to. */
function target(value: unknown): string {
  const reference = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] } | undefined;
  return reference?.Ref ?? reference?.['Fn::GetAtt']?.[0] ?? '';
}

describe('functions', () => {
  it('are six, on the Node that the tests run on', () => {
    const runtimes = resources('AWS::Lambda::Function').map(([, it]) => it['Runtime']);
    expect(runtimes).toEqual(Array(6).fill(`nodejs${process.versions.node.split('.')[0]}.x`));
  });

  it('keep their logs for a limited time', () => {
    for (const [id, group] of resources('AWS::Logs::LogGroup')) {
      expect(group['RetentionInDays'], id).toBeGreaterThan(0);
    }
    expect(resources('AWS::Logs::LogGroup')).toHaveLength(6);
  });

  it('are told where a secret is, never what it is', () => {
    for (const [id, { Environment }] of resources('AWS::Lambda::Function')) {
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      expect(JSON.stringify(Variables), id).not.toMatch(/resolve:|SecretString/);
      for (const [name, value] of Object.entries(Variables)) {
        if (!name.includes('SECRET')) continue;
        expect(name, id).toMatch(/_ARN$/);
        expect(target(value), id).not.toBe('');
      }
    }
  });
});

describe('queues', () => {
  const queues = new Map(resources('AWS::SQS::Queue'));
  const deadLetters = new Set(
    [...queues.values()].map(({ RedrivePolicy }) =>
      target((RedrivePolicy as Properties | undefined)?.['deadLetterTargetArn']),
    ),
  );

  it('each have a dead-letter queue, after at least five tries', () => {
    for (const [id, queue] of queues) {
      if (deadLetters.has(id)) continue;
      const redrive = queue['RedrivePolicy'] as Properties;
      expect(queues.has(target(redrive['deadLetterTargetArn'])), id).toBe(true);
      expect(redrive['maxReceiveCount'], id).toBeGreaterThanOrEqual(5);
    }
  });

  it('forget nothing for 14 days and are encrypted', () => {
    for (const [id, queue] of queues) {
      expect(queue['MessageRetentionPeriod'], id).toBe(14 * 24 * 3_600);
      expect(queue['SqsManagedSseEnabled'], id).toBe(true);
    }
  });

  it('hide a message for six times what its consumer may take, and fail message by message', () => {
    const functions = new Map(resources('AWS::Lambda::Function'));
    const mappings = resources('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(4);
    for (const [id, mapping] of mappings) {
      const timeout = functions.get(target(mapping['FunctionName']))?.['Timeout'] as number;
      const visibility = queues.get(target(mapping['EventSourceArn']))?.['VisibilityTimeout'];
      expect(visibility, id).toBeGreaterThanOrEqual(6 * timeout);
      expect(mapping['FunctionResponseTypes'], id).toEqual(['ReportBatchItemFailures']);
    }
  });
});

describe('data', () => {
  it('outlives the stack', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable']) {
      for (const [id, resource] of Object.entries(template.findResources(type))) {
        expect(resource['DeletionPolicy'], id).toBe('Retain');
      }
    }
  });

  it('lies in private, encrypted buckets that are only reached over TLS', () => {
    const buckets = resources('AWS::S3::Bucket');
    const policies = JSON.stringify(resources('AWS::S3::BucketPolicy'));
    expect(buckets).toHaveLength(2);
    for (const [id, bucket] of buckets) {
      expect(bucket['PublicAccessBlockConfiguration'], id).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(bucket['BucketEncryption'], id).toBeDefined();
      expect(policies, id).toContain(`{"Bucket":{"Ref":"${id}"}`);
    }
    expect(policies.match(/"aws:SecureTransport":"false"/g)).toHaveLength(2);
  });

  it('has every index that the store reads', () => {
    const [[, table] = ['', {}]] = resources('AWS::DynamoDB::GlobalTable');
    const names = (table['GlobalSecondaryIndexes'] as Properties[]).map((it) => it['IndexName']);
    expect(names.toSorted()).toEqual(Object.values(indexes).toSorted());
  });
});

describe('rights', () => {
  it('name their resources; a wildcard stands only within a bucket or a table', () => {
    const statements = resources('AWS::IAM::Policy').flatMap(([id, { PolicyDocument }]) =>
      (PolicyDocument as { Statement: Properties[] }).Statement.map((it) => ({ id, ...it })),
    );
    expect(statements.length).toBeGreaterThan(0);
    for (const { id, Resource } of statements as { id: string; Resource: unknown }[]) {
      for (const resource of [Resource].flat()) {
        expect(resource, id).not.toBe('*');
        const text = JSON.stringify(resource);
        if (text.includes('*')) expect(text, id).toMatch(/Bucket.*"\/\*"|Table.*"\/index\/\*"/);
      }
    }
  });

  it('let S3 send to the uploads queue for this account only', () => {
    const policies = JSON.stringify(resources('AWS::SQS::QueuePolicy'));
    expect(policies).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
  });
});

describe('settings', () => {
  it.each([
    ['uploadRoute', 'post', /uploadRoute: /],
    ['uploadsPerMinute', 'many', /uploadsPerMinute: /],
    ['uploadsPerMinute', 0, /uploadsPerMinute: /],
    ['twelveLabsBaseUrl', 'not a url', /twelveLabsBaseUrl: /],
    ['stackName', '1st', /stackName: must be a CloudFormation stack name/],
  ])('refuse %s = %s by name and rule', (name, value, message) => {
    expect(() => synthesizeWith({ [name]: value })).toThrow(message);
  });

  it('reach the functions', () => {
    const functions = synthesizeWith({ uploadsPerMinute: '240', uploadRoute: 'direct' });
    functions.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { UPLOADS_PER_MINUTE: '240', UPLOAD_ROUTE: 'direct' } },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { DEAD_LETTERS, QUEUES, queueUrlIn } from '../../cli/doctor/queues.ts';
import { indexes } from '../../shared/store/keys.ts';
import {
  type Properties,
  resourcesOf,
  synthesizeWith,
  targetOf as target,
} from '../support/synthesize-template.ts';

const template = synthesizeWith();
const resources = (type: string) => resourcesOf(template, type);

describe('functions', () => {
  it('are eight, on the Node that the tests run on', () => {
    const runtimes = resources('AWS::Lambda::Function').map(([, it]) => it['Runtime']);
    expect(runtimes).toEqual(Array(8).fill(`nodejs${process.versions.node.split('.')[0]}.x`));
  });

  it('keep their logs for a limited time', () => {
    for (const [id, group] of resources('AWS::Logs::LogGroup')) {
      expect(group['RetentionInDays'], id).toBeGreaterThan(0);
    }
    // One a function, and the access log of the HTTP API.
    expect(resources('AWS::Logs::LogGroup')).toHaveLength(9);
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

  it('are all known to the doctor by name', () => {
    const ids = [...queues.keys()];
    const parts = ids.map((id) => ({ logicalId: id, type: 'AWS::SQS::Queue', physicalId: id }));
    const found = QUEUES.flatMap((it) => [it, `${it}${DEAD_LETTERS}`]).map((name) =>
      queueUrlIn(parts, name),
    );
    expect(found.toSorted()).toEqual(ids.toSorted());
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
    expect(mappings).toHaveLength(6);
    for (const [id, mapping] of mappings) {
      const timeout = functions.get(target(mapping['FunctionName']))?.['Timeout'] as number;
      const visibility = queues.get(target(mapping['EventSourceArn']))?.['VisibilityTimeout'];
      expect(visibility, id).toBeGreaterThanOrEqual(6 * timeout);
      expect(mapping['FunctionResponseTypes'], id).toEqual(['ReportBatchItemFailures']);
    }
  });
});

describe('the HTTP API', () => {
  it('takes a burst of events, one for each item of five full batches, and no flood', () => {
    const stages = resources('AWS::ApiGatewayV2::Stage');
    expect(stages).toHaveLength(1);
    for (const [id, stage] of stages) {
      const expected = { ThrottlingBurstLimit: 5_000, ThrottlingRateLimit: 100 };
      expect(stage['DefaultRouteSettings'], id).toEqual(expected);
    }
  });

  it('tells in its access log who was turned away, and nothing of what was sent', () => {
    const [[, stage] = ['', {}]] = resources('AWS::ApiGatewayV2::Stage');
    const { Format, DestinationArn } = stage['AccessLogSettings'] as Properties;
    expect(target(DestinationArn)).toMatch(/^WebhookApiLogs/);
    expect(Object.keys(JSON.parse(String(Format)))).toEqual([
      'requestId',
      'requestTime',
      'sourceIp',
      'routeKey',
      'status',
      'responseLength',
      'integrationErrorMessage',
    ]);
  });

  it('has the one route that the provider posts to', () => {
    const routes = resources('AWS::ApiGatewayV2::Route').map(([, it]) => it['RouteKey']);
    expect(routes).toEqual(['POST /webhooks/twelvelabs']);
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

  it('can be had back: versions of objects for a month, the table to any second of 35 days', () => {
    for (const [id, bucket] of resources('AWS::S3::Bucket')) {
      expect(bucket['VersioningConfiguration'], id).toEqual({ Status: 'Enabled' });
      const { Rules } = bucket['LifecycleConfiguration'] as { Rules: Properties[] };
      expect(Rules, id).toMatchObject([{ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }]);
      // Nothing of ours deletes a video or a result.
      expect(Rules[0], id).not.toHaveProperty('ExpirationInDays');
    }
    const [[, table] = ['', {}]] = resources('AWS::DynamoDB::GlobalTable');
    expect(table['Replicas']).toMatchObject([
      {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
  });

  it('has every index that the store reads', () => {
    const [[, table] = ['', {}]] = resources('AWS::DynamoDB::GlobalTable');
    const names = (table['GlobalSecondaryIndexes'] as Properties[]).map((it) => it['IndexName']);
    expect(names.toSorted()).toEqual(Object.values(indexes).toSorted());
  });
});

import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { DEAD_LETTERS, QUEUES, queueUrlIn } from '../../cli/doctor/queues.ts';
import { config, readConfig } from '../../infra/config.ts';
import { PipelineStack } from '../../infra/pipeline-stack.ts';
import { indexes } from '../../shared/store/keys.ts';
import { documentedLimits } from '../../shared/twelvelabs/limits.ts';

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
  it('are eight, on the Node that the tests run on', () => {
    const runtimes = resources('AWS::Lambda::Function').map(([, it]) => it['Runtime']);
    expect(runtimes).toEqual(Array(8).fill(`nodejs${process.versions.node.split('.')[0]}.x`));
  });

  it('keep their logs for a limited time', () => {
    for (const [id, group] of resources('AWS::Logs::LogGroup')) {
      expect(group['RetentionInDays'], id).toBeGreaterThan(0);
    }
    expect(resources('AWS::Logs::LogGroup')).toHaveLength(8);
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

describe('alarms', () => {
  const alarms = resources('AWS::CloudWatch::Alarm');
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

  it('say what they mean, and name a section of the runbook that is there', () => {
    expect(alarms.length).toBeGreaterThan(0);
    for (const [id, { AlarmDescription: description }] of alarms) {
      const [, section] = /docs\/runbook\.md, "(.+)"$/.exec(String(description)) ?? [];
      expect(section, id).toBeDefined();
      expect(runbook, id).toContain(`\n## ${section}\n`);
    }
  });

  it('are quiet where nothing is published', () => {
    for (const [id, alarm] of alarms) expect(alarm['TreatMissingData'], id).toBe('notBreaching');
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
    ['uploadsPerDay', 1.5, /uploadsPerDay: /],
    ['plan', 'gold', /plan: .*"tier1"/],
    ['maxDurationSeconds', '2h', /maxDurationSeconds: .*expected number/],
    ['chunksAboveBytes', '', /chunksAboveBytes: .*expected number/],
    ['minSidePixels', 'true', /minSidePixels: .*expected number/],
    ['minSidePixels', 9_000, /minSidePixels: must not be more than maxShortSidePixels/],
    ['minDurationSeconds', 20_000, /minDurationSeconds: must not be more than maxDurationSeconds/],
    ['maxBytes', 2e10, /maxBytes: .*10737418240/],
    ['maxAspect', 0.5, /maxAspect: /],
    ['twelveLabsBaseUrl', 'not a url', /twelveLabsBaseUrl: /],
    ['stackName', '1st', /stackName: must be a CloudFormation stack name/],
  ])('refuse %s = %s by name and rule', (name, value, message) => {
    expect(() => synthesizeWith({ [name]: value })).toThrow(message);
  });

  const variables = (context: Record<string, unknown>) => {
    const functions = Object.values(
      synthesizeWith(context).findResources('AWS::Lambda::Function'),
    ).map(({ Properties: it }) => (it as Properties)['Environment'] as Properties);
    return functions.map((it) => it['Variables'] as Record<string, string>);
  };

  it('reach the functions', () => {
    const settings = { uploadsPerMinute: '240', uploadRoute: 'direct', maxDurationSeconds: '7200' };
    const all = variables(settings);
    const rates = { UPLOADS_PER_MINUTE: '240', UPLOADS_PER_DAY: '3000', UPLOAD_ROUTE: 'direct' };
    expect(all).toContainEqual(expect.objectContaining(rates));
    const limited = all.flatMap((it) =>
      it['VIDEO_LIMITS'] ? [JSON.parse(it['VIDEO_LIMITS'])] : [],
    );
    expect(limited).toHaveLength(2);
    for (const limits of limited) {
      expect(limits).toEqual({ ...documentedLimits, maxDurationSeconds: 7_200 });
    }
  });

  it.each([
    ['free', '60', '3000'],
    ['tier2', '120', '6000'],
    ['tier3', '240', '12000'],
  ])('take the upload rates from the plan %s', (plan, perMinute, perDay) => {
    const rates = { UPLOADS_PER_MINUTE: perMinute, UPLOADS_PER_DAY: perDay };
    expect(variables({ plan })).toContainEqual(expect.objectContaining(rates));
  });

  it('stand in the README, each with its default', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    const defaults: Record<string, unknown> = { ...documentedLimits, ...config.parse({}) };
    for (const name of Object.keys(config.shape)) {
      const row = rows.find((line) => line.split('|')[1]?.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      if (name in documentedLimits || name === 'stackName') {
        expect(row, name).toContain(String(defaults[name]));
      }
    }
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settings } from '../../infra/settings.ts';
import { documentedLimits } from '../../shared/twelvelabs/limits.ts';
import { type Properties, resourcesOf, synthesizeWith } from '../support/synthesize-template.ts';

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
    ['twelveLabsBaseUrl', 'http://api.example.org/v1.3', /twelveLabsBaseUrl: must be https/],
    ['twelveLabsBaseUrl', 'https://api.example.org/v1.3/', /twelveLabsBaseUrl: must be https/],
    ['twelveLabsBaseUrl', 'https://me:pw@api.example.org', /twelveLabsBaseUrl: must be https/],
    ['upload_prefixes', 'a/', /upload_prefixes: no such setting/],
    ['plan2', 'tier1', /plan2: no such setting/],
    ['stackName', '1st', /stackName: must be a CloudFormation stack name/],
    ['maxBatchRequests', 1_001, /maxBatchRequests: .*1000/],
    ['maxBatchHours', 2_001, /maxBatchHours: .*2000/],
    ['maxBatchHours', 3, /maxBatchHours: a video may last 4 hours/],
    ['maxActiveBatches', 0, /maxActiveBatches: /],
    ['maxActiveBatches', 6, /maxActiveBatches: .*5/],
    ['uploadsBucketName', 'My_Bucket', /uploadsBucketName: must be the name of a bucket/],
    ['uploadPrefixes', 'a/,', /uploadPrefixes\.1: /],
    ['uploadPrefixes', 'a/,a/b/', /uploadPrefixes: a\/b\/ is within a\//],
    ['uploadPrefixes', 'a/,a/', /uploadPrefixes: each may be named once/],
    ['kmsKeyArn', 'alias/mine', /kmsKeyArn: must be the ARN of a key/],
    ['tags', 'aws:team=video', /tags\.aws:team: /],
    ['tags', 'team', /tags\.team: /],
    ['logRetentionDays', 31, /logRetentionDays: must be one of 1, 3, 5/],
    ['oldVersionsDays', 0, /oldVersionsDays: /],
    ['keepData', 'no', /keepData: /],
    ['alarmEmail', 'me', /alarmEmail: /],
    [
      'alarmTopicArn',
      'arn:aws:sqs:eu-west-1:1:q',
      /alarmTopicArn: must be the ARN of an SNS topic/,
    ],
    ['maxFailuresPerHour', 0, /maxFailuresPerHour: /],
    ['dollarsPerHour', -1, /dollarsPerHour: /],
    ['tracing', 'some', /tracing: /],
    ['memoryMegabytes', 'collect-results=64', /memoryMegabytes\.collect-results: .*128/],
    ['memoryMegabytes', 'collect-result=512', /memoryMegabytes.*collect-result/],
    ['pln', 'tier2', /pln: no such setting; there are .*plan/],
  ])('refuse %s = %s by name and rule', (name, value, message) => {
    expect(() => synthesizeWith({ [name]: value })).toThrow(message);
  });

  it('refuse two places for alarms to go', () => {
    const both = {
      alarmEmail: 'a@example.org',
      alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:t',
    };
    expect(() => synthesizeWith(both)).toThrow(/alarmEmail: leave it out/);
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

  it('put a key of one’s own on all that is kept', () => {
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const template = synthesizeWith({ kmsKeyArn, alarmEmail: 'ops@example.org' });
    const kept = [
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
      'AWS::DynamoDB::GlobalTable',
      'AWS::SecretsManager::Secret',
      'AWS::Logs::LogGroup',
      'AWS::SNS::Topic',
    ];
    for (const type of kept) {
      const found = resourcesOf(template, type);
      expect(found.length, type).toBeGreaterThan(0);
      for (const [id, properties] of found) {
        expect(JSON.stringify(properties), id).toContain(kmsKeyArn);
      }
    }
    for (const [id, policy] of resourcesOf(template, 'AWS::IAM::Policy')) {
      expect(JSON.stringify(policy), id).toContain('kms:Decrypt');
      expect(JSON.stringify(policy), id).toContain('kms:ViaService');
    }
  });

  it('take in what is dropped into a bucket that is there already, below its prefixes', () => {
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const settings = { uploadsBucketName: 'library', uploadPrefixes: 'raw/, in/', kmsKeyArn };
    const template = synthesizeWith(settings);
    const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, it]) => it);
    expect(rules).toContainEqual(
      expect.objectContaining({
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: ['library'] },
            object: { key: [{ prefix: 'raw/' }, { prefix: 'in/' }] },
          },
        },
      }),
    );
    // Only the archive is made.
    expect(resourcesOf(template, 'AWS::S3::Bucket')).toHaveLength(1);
    const policies = JSON.stringify(resourcesOf(template, 'AWS::SQS::QueuePolicy'));
    // The rule alone, also where the queue has a key; what it can't deliver is a dead letter.
    const [[ruleId] = ['']] = resourcesOf(template, 'AWS::Events::Rule');
    expect(ruleId).toMatch(/^ExistingBucketUploads/);
    const bySource = `"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["${ruleId}","Arn"]}}`;
    expect(policies.split('events.amazonaws.com')).toHaveLength(3);
    expect(policies.split(bySource)).toHaveLength(3);
    expect(JSON.stringify(rules)).toContain('DeadLetterConfig');
    expect(policies).not.toContain('s3.amazonaws.com');
    expect(JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy'))).toContain(':s3:::library/*');
  });

  it('tell our own bucket which prefixes to tell of', () => {
    const template = synthesizeWith({ uploadPrefixes: ['raw/', 'in für/'] });
    const buckets = resourcesOf(template, 'AWS::S3::Bucket').map(([, it]) => it);
    const told = buckets.flatMap(({ NotificationConfiguration: it }) =>
      it ? (it as { QueueConfigurations: Properties[] }).QueueConfigurations : [],
    );
    expect(told.map(({ Filter }) => Filter)).toEqual(
      ['raw/', 'in+f%C3%BCr/'].map((Value) => ({ S3Key: { Rules: [{ Name: 'prefix', Value }] } })),
    );
  });

  it('give data away with the stack only when asked to', () => {
    const template = synthesizeWith({ keepData: 'false' });
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable']) {
      for (const [id, resource] of Object.entries(template.findResources(type))) {
        expect(resource['DeletionPolicy'], id).toBe('Delete');
      }
    }
    const [[, table] = ['', {}]] = resourcesOf(template, 'AWS::DynamoDB::GlobalTable');
    expect(table['Replicas']).toMatchObject([{ DeletionProtectionEnabled: false }]);
  });

  it('keep several stacks of an account apart', () => {
    const named = (stackName: string) => synthesizeWith({ stackName });
    const [one, two] = [named('One'), named('Two')].map((template) => {
      const fixed = ['BucketName', 'QueueName', 'TableName', 'FunctionName', 'RoleName'];
      const text = JSON.stringify(template.toJSON());
      for (const name of fixed) expect(text).not.toContain(`"${name}":"`);
      return resourcesOf(template, 'AWS::CloudWatch::Dashboard').map(([, it]) => it);
    });
    const inRegion = (name: string) => ({ 'Fn::Join': ['', [`${name}-`, { Ref: 'AWS::Region' }]] });
    expect(one?.map((it) => it['DashboardName'])).toEqual([inRegion('One')]);
    expect(two?.map((it) => it['DashboardName'])).toEqual([inRegion('Two')]);
    expect(JSON.stringify(one)).not.toContain('Two');
  });

  it('reach every resource as tags, the memory of functions, traces and logs', () => {
    const template = synthesizeWith({
      tags: 'team=video,cost=a=b',
      memoryMegabytes: 'collect-results=1024',
      tracing: 'false',
      logRetentionDays: '90',
    });
    for (const type of ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Lambda::Function']) {
      for (const [id, { Tags }] of resourcesOf(template, type)) {
        expect(Tags, id).toContainEqual({ Key: 'team', Value: 'video' });
        expect(Tags, id).toContainEqual({ Key: 'cost', Value: 'a=b' });
      }
    }
    for (const [id, fn] of resourcesOf(template, 'AWS::Lambda::Function')) {
      expect(fn, id).not.toHaveProperty('TracingConfig');
      if (id.startsWith('CollectResults')) expect(fn['MemorySize']).toBe(1_024);
    }
    for (const [id, group] of resourcesOf(template, 'AWS::Logs::LogGroup')) {
      expect(group['RetentionInDays'], id).toBe(90);
    }
  });

  it('stand in the README, each with its default', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    const defaults: Record<string, unknown> = { ...documentedLimits, ...settings.parse({}) };
    for (const name of Object.keys(settings.shape)) {
      const row = rows.find((line) => line.split('|')[1]?.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      if (name in documentedLimits || name === 'stackName') {
        expect(row, name).toContain(String(defaults[name]));
      }
    }
  });
});

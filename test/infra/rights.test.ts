import { describe, expect, it } from 'vitest';
import {
  type Properties,
  resourcesOf,
  synthesizeReviewed,
  synthesizeWith,
} from '../support/synthesize-template.ts';

/** Every kind of resource that settings can bring. */
const worlds: [string, Record<string, unknown>][] = [
  ['by default', {}],
  ['with an existing bucket', { uploadsBucketName: 'library' }],
  [
    'with a key and an address of one’s own',
    {
      kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      alarmEmail: 'ops@example.org',
      maxDollarsPerDay: 100,
    },
  ],
  ['whose data goes with it', { keepData: false, tracing: false }],
];

interface Statement {
  readonly id: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

function statementsOf(context: Record<string, unknown>): Statement[] {
  const template = synthesizeWith(context);
  return resourcesOf(template, 'AWS::IAM::Policy').flatMap(([id, { PolicyDocument }]) =>
    (PolicyDocument as { Statement: Omit<Statement, 'id'>[] }).Statement.map((it) => ({
      id,
      ...it,
    })),
  );
}

/** Wherever a wildcard stands, and why it must. */
const XRAY = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const OBJECTS = /Bucket.*"\/\*"|:s3:::library\/\*/;

describe.each(worlds)('a stack %s', (_which, context) => {
  it('passes the AwsSolutions rules of cdk-nag, but for what is reviewed', () => {
    synthesizeReviewed(context);
  });

  it('names in each right the resource, and the actions one by one', () => {
    const statements = statementsOf(context);
    expect(statements.length).toBeGreaterThan(0);
    for (const { id, Action, Resource } of statements) {
      const actions = [Action].flat();
      expect(actions.join(), id).not.toContain('*');
      for (const resource of [Resource].flat()) {
        if (resource === '*') expect(actions.toSorted(), id).toEqual(XRAY);
        else if (JSON.stringify(resource).includes('*')) {
          expect(JSON.stringify(resource), id).toMatch(OBJECTS);
        }
      }
    }
  });

  it('has no role of AWS’s making', () => {
    for (const [id, role] of resourcesOf(synthesizeWith(context), 'AWS::IAM::Role')) {
      expect(role, id).not.toHaveProperty('ManagedPolicyArns');
    }
  });
});

it('lets S3 send to the uploads queue for this account only', () => {
  const policies = JSON.stringify(resourcesOf(synthesizeWith(), 'AWS::SQS::QueuePolicy'));
  expect(policies).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
});

it('lets nobody reach queues, buckets and the topic without TLS', () => {
  const template = synthesizeWith({ alarmEmail: 'ops@example.org' });
  const guarded = [
    ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
    ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
    ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'],
  ] as const;
  for (const [type, policyType] of guarded) {
    const policies = resourcesOf(template, policyType);
    for (const [id] of resourcesOf(template, type)) {
      const own = policies.filter(([, it]) => JSON.stringify(it).includes(`{"Ref":"${id}"}`));
      const statements = own.flatMap(
        ([, it]) => (it['PolicyDocument'] as { Statement: Properties[] }).Statement,
      );
      const denied = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
      expect(statements, id).toContainEqual(expect.objectContaining(denied));
    }
  }
});

it('stops at a finding that nobody has reviewed', async () => {
  const { App, Stack, Validations } = await import('aws-cdk-lib');
  const { Bucket } = await import('aws-cdk-lib/aws-s3');
  const { AwsSolutionsChecks } = await import('cdk-nag');
  const app = new App();
  new Bucket(new Stack(app, 'Careless'), 'Open');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const before = process.exitCode;
  expect(() => app.synth()).toThrow();
  process.exitCode = before;
});

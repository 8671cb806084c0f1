import { expect, it } from 'vitest';
import { onBehalfOf } from '../../../../../local/cloud/access/condition.ts';
import { decide } from '../../../../../local/cloud/access/decide.ts';
import { readStatements } from '../../../../../local/cloud/access/statement.ts';
import type { Json } from '../../../../../local/cloud/template/json.ts';

const ROLE = 'arn:aws:iam::000000000000:role/Worker';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Work';
const SEND = { action: 'sqs:SendMessage', resource: QUEUE };
const caller = { roleArn: ROLE };
const s3 = { service: 's3.amazonaws.com' };

const statements = (...list: readonly Json[]) => readStatements({ Statement: list }, 'Policy');
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Resource: QUEUE,
  ...more,
});
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' });
const attach = (...list: readonly Json[]) =>
  statements(...list).map((statement) => ({ attachedTo: QUEUE, statement }));
const everybody = { Principal: '*' };

it.each<[string, readonly Json[], readonly Json[], string]>([
  ['what no policy allows', [], [], 'not-allowed'],
  ['what its role allows', [allow()], [], 'allowed'],
  ['an action in other letters', [allow({ Action: 'SQS:sendmessage' })], [], 'allowed'],
  ['an action by a wildcard', [allow({ Action: ['s3:*', 'sqs:Send*'] })], [], 'allowed'],
  ['another action', [allow({ Action: 'sqs:ReceiveMessage' })], [], 'not-allowed'],
  ['another resource', [allow({ Resource: `${QUEUE}DeadLetters` })], [], 'not-allowed'],
  ['one of several resources', [allow({ Resource: ['*'] })], [], 'allowed'],
  ['what its role denies', [allow(), deny()], [], 'denied-by-identity'],
  ['what the resource denies', [allow()], [deny(everybody)], 'denied-by-resource'],
  ['what both deny', [deny()], [deny(everybody)], 'denied-by-identity'],
  ['what the resource allows everybody', [], [allow(everybody)], 'allowed'],
  ['what the resource allows the role', [], [allow({ Principal: { AWS: ROLE } })], 'allowed'],
  [
    'what the resource allows another role',
    [],
    [allow({ Principal: { AWS: `${ROLE}2` } })],
    'not-allowed',
  ],
  [
    'what the resource lets the account allow',
    [],
    [allow({ Principal: { AWS: '000000000000' } })],
    'not-allowed',
  ],
  [
    'what the resource denies the account',
    [allow()],
    [deny({ Principal: { AWS: ['arn:aws:iam::000000000000:root'] } })],
    'denied-by-resource',
  ],
  [
    'what the resource allows a service',
    [],
    [allow({ Principal: { Service: 's3.amazonaws.com' } })],
    'not-allowed',
  ],
  [
    'what is denied without TLS, which is taken for granted here',
    [allow()],
    [deny({ ...everybody, Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    'allowed',
  ],
  [
    'what is denied with TLS',
    [allow()],
    [deny({ ...everybody, Condition: { Bool: { 'AWS:securetransport': true } } })],
    'denied-by-resource',
  ],
  [
    'what is allowed for a source that a role has not got',
    [allow({ Condition: { ArnLike: { 'aws:SourceArn': '*' } } })],
    [],
    'not-allowed',
  ],
  [
    'what an old TLS is denied',
    [allow(), deny({ Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } })],
    [],
    'allowed',
  ],
])('decides about %s', (_what, identity, attached, expected) => {
  const policies = { identity: statements(...identity), attached: attach(...attached) };

  const decision = decide(caller, SEND, policies);

  expect(decision.allowed ? 'allowed' : decision.because).toBe(expected);
});

it.each<[string, object, boolean]>([
  ['its service', {}, true],
  ['another service', { Principal: { Service: 'sns.amazonaws.com' } }, false],
  ['our account', { Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }, true],
  ['another account', { Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }, false],
  ['our bucket', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::up*' } } }, true],
  ['another bucket', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::b' } } }, false],
  [
    'our bucket of another account',
    {
      Condition: {
        ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' },
        StringLike: { 'aws:SourceAccount': ['1*', '2*'] },
      },
    },
    false,
  ],
])('decides about a service that the queue lets send for %s', (_what, more, expected) => {
  const attached = attach(allow({ Principal: { Service: s3.service }, ...more }));

  const decision = decide(s3, SEND, { identity: [], attached }, onBehalfOf('arn:aws:s3:::uploads'));

  expect(decision.allowed).toBe(expected);
});

it('keeps the policy of a resource to that resource, whatever it says', () => {
  const attached = attach(allow({ ...everybody, Resource: '*' }));
  const elsewhere = { ...SEND, resource: `${QUEUE}DeadLetters` };

  expect(decide(caller, SEND, { identity: [], attached }).allowed).toBe(true);
  expect(decide(caller, elsewhere, { identity: [], attached }).allowed).toBe(false);
});

it('names each part of each statement that allows', () => {
  const identity = statements(
    allow({ Action: ['sqs:Send*', 'sqs:SendMessage', 'sqs:Purge*'], Resource: ['*', QUEUE, 'x'] }),
    deny({ Action: 'sqs:PurgeQueue' }),
  );

  expect(decide(caller, SEND, { identity, attached: [] })).toEqual({
    allowed: true,
    by: [
      { action: 'sqs:Send*', resource: '*' },
      { action: 'sqs:SendMessage', resource: '*' },
      { action: 'sqs:Send*', resource: QUEUE },
      { action: 'sqs:SendMessage', resource: QUEUE },
    ],
  });
});

it.each<[string, Json, string]>([
  ['NotAction', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, 'NotAction'],
  ['NotResource', { ...allow(), NotResource: '*' }, 'NotResource'],
  ['NotPrincipal', { ...allow(), NotPrincipal: '*' }, 'NotPrincipal'],
  ['no effect', { Action: 's3:*', Resource: '*' }, 'Effect'],
  [
    'an operator that is not known',
    allow({ Condition: { DateGreaterThan: { 'aws:SourceArn': 'x' } } }),
    'the condition DateGreaterThan of aws:SourceArn can not be evaluated',
  ],
  [
    'a key that is not known',
    allow({ Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'x' } } }),
    'the condition StringEquals of dynamodb:LeadingKeys can not be evaluated',
  ],
  [
    'a federated user',
    allow({ Principal: { Federated: 'accounts.google.com' } }),
    'no principal {"Federated":"accounts.google.com"}',
  ],
  [
    'a variable',
    allow({ Resource: 'arn:aws:s3:::b/$' + '{aws:username}' }),
    'the local cloud knows no variables',
  ],
])('refuses a policy with %s rather than to guess', (_what, statement, problem) => {
  expect(() => statements(statement)).toThrow(/^Policy: /);
  expect(() => statements(statement)).toThrow(problem);
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's

import { expect, it } from 'vitest';
import { type References, resolveIntrinsics } from '../../../../local/cloud/template/intrinsics.ts';
import type { Json } from '../../../../local/cloud/template/json.ts';

const names = new Map([
  ['AWS::Region', 'us-east-1'],
  ['Queue', 'http://127.0.0.1:1/0/queue'],
]);
const references: References = {
  ref: (name) => names.get(name),
  attribute: (logicalId, name) =>
    logicalId === 'Queue' && name === 'Arn' ? 'arn:aws:sqs:us-east-1:0:queue' : undefined,
};
const resolve = (value: Json) => resolveIntrinsics(value, references, 'Thing (A::B::C)');
const queueArn = { 'Fn::GetAtt': ['Queue', 'Arn'] };

it.each<[Json, Json]>([
  ['as it is', 'as it is'],
  [5, 5],
  [{ Ref: 'Queue' }, 'http://127.0.0.1:1/0/queue'],
  [queueArn, 'arn:aws:sqs:us-east-1:0:queue'],
  [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:0:queue'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 7]] }, 'a-us-east-1-7'],
  [{ 'Fn::Join': ['/', { 'Fn::Split': [':', queueArn] }] }, 'arn/aws/sqs/us-east-1/0/queue'],
  [
    { 'Fn::Sub': 'x-${AWS::Region}-${Queue.Arn}-${!kept}' },
    'x-us-east-1-arn:aws:sqs:us-east-1:0:queue-${kept}',
  ],
  [
    { 'Fn::Sub': ['${Own}/${Queue}', { Own: { Ref: 'AWS::Region' } }] },
    'us-east-1/http://127.0.0.1:1/0/queue',
  ],
  [{ 'Fn::Select': ['5', { 'Fn::Split': [':', queueArn] }] }, 'queue'],
  [{ a: [{ b: { Ref: 'AWS::Region' } }] }, { a: [{ b: 'us-east-1' }] }],
  [{ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] }, { b: [1] }],
  [
    { Ref: 'Queue', other: 1 },
    { Ref: 'Queue', other: 1 },
  ],
])('resolves %j', (value, resolved) => {
  expect(resolve(value)).toEqual(resolved);
});

it.each<[Json, string]>([
  [{ Ref: 'Nothing' }, 'nothing is known of {"Ref": "Nothing"}'],
  [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, 'the attribute Queue.Colour is not known'],
  [
    { 'Fn::ImportValue': 'x' },
    'Fn::ImportValue is not a function that the local cloud can resolve',
  ],
  [{ a: [{ 'Fn::If': ['Condition', 1, 2] }] }, 'Fn::If is not a function'],
  [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join takes a list of texts'],
  [{ 'Fn::Select': [3, ['a']] }, 'Fn::Select finds nothing at 3'],
  [{ 'Fn::Sub': '${Nothing}' }, 'nothing is known of'],
])('names the place of %j, which it can not resolve', (value, problem) => {
  expect(() => resolve(value)).toThrow(`Thing (A::B::C): ${problem}`);
});

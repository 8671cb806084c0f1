import { expect, it } from 'vitest';
import {
  accessKeyIn,
  accessKeyOf,
  isKeyOfFunction,
} from '../../../../../local/cloud/access/credentials.ts';
import type { Need } from '../../../../../local/cloud/access/decide.ts';
import { dynamoDbNeeds } from '../../../../../local/cloud/emulators/dynamodb-needs.ts';
import { s3Needs } from '../../../../../local/cloud/emulators/s3/s3-needs.ts';
import { sqsNeeds } from '../../../../../local/cloud/emulators/sqs-needs.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Videos';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Work';

/** As one line each: `action resource`. */
const lines = (needs: readonly Need[] | undefined) =>
  needs?.map(({ action, resource }) => `${action} ${resource}`);

it.each([
  ['PutItem', { TableName: 'Videos' }, [`dynamodb:PutItem ${TABLE}`]],
  ['GetItem', { TableName: TABLE }, [`dynamodb:GetItem ${TABLE}`]],
  ['Query', { TableName: 'Videos' }, [`dynamodb:Query ${TABLE}`]],
  ['Query', { TableName: 'Videos', IndexName: 'due' }, [`dynamodb:Query ${TABLE}/index/due`]],
  ['Scan', { TableName: 'Videos', IndexName: 'due' }, [`dynamodb:Scan ${TABLE}/index/due`]],
  [
    'BatchWriteItem',
    { RequestItems: { Videos: [], Others: [] } },
    [
      `dynamodb:BatchWriteItem ${TABLE}`,
      `dynamodb:BatchWriteItem ${TABLE.replace('Videos', 'Others')}`,
    ],
  ],
  ['BatchGetItem', { RequestItems: { Videos: {} } }, [`dynamodb:BatchGetItem ${TABLE}`]],
  ['ListTables', {}, ['dynamodb:ListTables *']],
  ['ExecuteStatement', { Statement: 'SELECT' }, undefined],
])('says what DynamoDB %s of %j takes', (operation, body, expected) => {
  expect(lines(dynamoDbNeeds(operation, JSON.stringify(body)))).toEqual(expected);
});

it.each(['', 'not json', 'null', '[1]'])('takes no %j for a request of DynamoDB', (body) => {
  expect(lines(dynamoDbNeeds('GetItem', body))).toEqual([
    'dynamodb:GetItem arn:aws:dynamodb:us-east-1:000000000000:table/',
  ]);
});

it.each([
  ['SendMessageBatch', ['sqs:SendMessage']],
  ['DeleteMessageBatch', ['sqs:DeleteMessage']],
  ['ChangeMessageVisibilityBatch', ['sqs:ChangeMessageVisibility']],
  ['GetQueueAttributes', ['sqs:GetQueueAttributes']],
  ['StartMessageMoveTask', undefined],
])('says what SQS %s takes', (operation, actions) => {
  const expected = actions?.map((action) => `${action} ${QUEUE}`);
  const QueueUrl = 'http://127.0.0.1:1/000000000000/Work';
  expect(lines(sqsNeeds(operation, { QueueUrl }))).toEqual(expected);
});

it('names a queue by its name where there is no URL yet', () => {
  expect(lines(sqsNeeds('GetQueueUrl', { QueueName: 'Work' }))).toEqual([
    `sqs:GetQueueUrl ${QUEUE}`,
  ]);
});

it.each([
  ['GetObject', ['s3:GetObject arn:aws:s3:::b/a/k']],
  ['HeadObject', ['s3:GetObject arn:aws:s3:::b/a/k']],
  ['ListObjects', ['s3:ListBucket arn:aws:s3:::b']],
  ['HeadBucket', ['s3:ListBucket arn:aws:s3:::b']],
  ['ListBuckets', ['s3:ListAllMyBuckets *']],
  ['UploadPart', ['s3:PutObject arn:aws:s3:::b/a/k']],
  ['CompleteMultipartUpload', ['s3:PutObject arn:aws:s3:::b/a/k']],
  ['AbortMultipartUpload', ['s3:AbortMultipartUpload arn:aws:s3:::b/a/k']],
  ['CopyObject', ['s3:PutObject arn:aws:s3:::b/a/k', 's3:GetObject arn:aws:s3:::from/x y']],
  ['DeleteObjects', undefined],
])('says what S3 %s takes', (operation, expected) => {
  const needs = s3Needs({ operation, bucket: 'b', key: 'a/k' }, '/from/x%20y?versionId=1');
  expect(lines(needs)).toEqual(expected);
});

it('reads who signed a request in its header or in its URL', () => {
  const header = 'AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/s3/aws4_request, Signature=x';
  expect(accessKeyIn(header)).toBe('AKID');
  expect(accessKeyIn(undefined, { 'X-Amz-Credential': 'AKID2/20261121/us-east-1' })).toBe('AKID2');
  expect(accessKeyIn(undefined, {})).toBeUndefined();
  expect(accessKeyIn('Bearer Credential')).toBeUndefined();
});

it('tells the key of a function from any other', () => {
  expect(isKeyOfFunction(accessKeyOf('WakeDue802A9876'))).toBe(true);
  for (const key of ['local', 'test', 'AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE']) {
    expect(isKeyOfFunction(key)).toBe(false);
  }
});

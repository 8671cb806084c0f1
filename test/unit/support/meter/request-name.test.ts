import { expect, it } from 'vitest';
import { requestName, requestUnits } from '../../../support/meter/request-name.ts';

const ofFunction =
  'aws-sdk-js/3 ua/2.1 os/linux lang/js md/nodejs#24 exec-env/AWS_Lambda_nodejs24.x';
const ofHost = 'aws-sdk-js/3 ua/2.1 os/linux lang/js md/nodejs#24';

it.each([
  [
    'POST',
    '/',
    { 'x-amz-target': 'DynamoDB_20120810.UpdateItem' },
    ofFunction,
    'dynamodb.UpdateItem by function',
  ],
  [
    'POST',
    '/',
    { 'x-amz-target': 'AmazonSQS.SendMessageBatch' },
    ofFunction,
    'sqs.SendMessageBatch by function',
  ],
  [
    'POST',
    '/',
    { 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
    ofHost,
    'sqs.ReceiveMessage by host',
  ],
  [
    'POST',
    '/',
    { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    ofFunction,
    'secretsmanager.GetSecretValue by function',
  ],
  ['GET', '/bucket/a/b.mp4?X-Amz-Signature=1', {}, undefined, 's3.GET object by provider'],
  ['HEAD', '/bucket/a/b.mp4', {}, ofFunction, 's3.HEAD object by function'],
  ['PUT', '/bucket/a?partNumber=1&uploadId=2', {}, ofFunction, 's3.PUT part by function'],
  ['GET', '/bucket?list-type=2', {}, ofHost, 's3.GET bucket by host'],
])('%s %s %j is %s', (method, url, headers, agent, name) => {
  expect(requestName(method, url, { ...headers, ...(agent && { 'user-agent': agent }) })).toBe(
    name,
  );
});

it('counts a request to SQS for each 64 KB begun, and any other once', () => {
  const size = (bytes: number) => ({ 'content-length': String(bytes) });
  expect(requestUnits('sqs.SendMessageBatch by function', size(65_536))).toBe(1);
  expect(requestUnits('sqs.SendMessageBatch by function', size(65_537))).toBe(2);
  expect(requestUnits('s3.PUT object by function', size(10_000_000))).toBe(1);
});

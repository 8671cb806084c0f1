import { expect, it } from 'vitest';
import { awsWords } from '../../../cli/aws-words.ts';

function error(name: string, message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { name, ...fields });
}

const NOT_ALLOWED =
  'User: arn:aws:iam::1:user/a is not authorized to perform: sqs:getqueueattributes on resource: arn:aws:sqs:x because no identity-based policy allows it';

it.each([
  [error('AccessDenied', NOT_ALLOWED), 'the right sqs:getqueueattributes is missing here; get it'],
  // As the powertools wrap it: only its words are left.
  [
    error(
      'GetParameterError',
      'User: a is not authorized to perform: secretsmanager:GetSecretValue on resource: b',
    ),
    'the right secretsmanager:GetSecretValue is missing here; get it',
  ],
  [
    error('AccessDeniedException', 'Access to KMS is not allowed'),
    'access denied: Access to KMS is not allowed',
  ],
  [error('Error', 'Region is missing'), 'no AWS region is set'],
  [error('CredentialsProviderError', 'Could not load'), 'no AWS credentials are found; log in'],
  [error('ExpiredTokenException', 'x'), 'the AWS credentials have expired; log in again'],
  [error('InvalidClientTokenId', 'x'), 'AWS refuses the credentials (InvalidClientTokenId)'],
  [
    error('Error', 'getaddrinfo ENOTFOUND sqs.eu-wets-1.amazonaws.com', { code: 'ENOTFOUND' }),
    'no answer from AWS (getaddrinfo ENOTFOUND sqs.eu-wets-1.amazonaws.com); is there a network',
  ],
  [error('TimeoutError', 'timed out'), 'no answer from AWS (timed out)'],
  [error('QueueDoesNotExist', 'The queue\n  is gone.'), 'The queue is gone.'],
  [error('Strange', ''), 'Strange'],
])('says of %s what is missing', (thrown, words) => {
  expect(awsWords(thrown)).toContain(words);
});

import { messageOf } from '../shared/errors.ts';

const CREDENTIALS_UNKNOWN = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'InvalidAccessKeyId',
];
const CREDENTIALS_EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'TokenProviderError'];
const UNREACHED = ['TimeoutError', 'ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'];
/** In the words of every AWS service: `… is not authorized to perform: sqs:GetQueueUrl on resource: …`. */
const RIGHT = /not authorized to perform:? ([a-z0-9-]+:\w+)/i;

/** What went wrong in a call to AWS, for a person: what is missing, and what to do about it. */
export function awsWords(error: unknown): string {
  const message = messageOf(error).replaceAll(/\s+/g, ' ');
  const name = error instanceof Error ? error.name : '';
  const { code = '' } = Object(error) as { code?: string };
  if (/access ?denied|not ?authorized/i.test(`${name} ${message}`)) {
    const right = RIGHT.exec(message)?.[1];
    return right ? `the right ${right} is missing here; get it` : `access denied: ${message}`;
  }
  if (message === 'Region is missing') {
    return 'no AWS region is set; export AWS_REGION, that of the stack';
  }
  if (CREDENTIALS_EXPIRED.includes(name)) return `the AWS credentials have expired; log in again`;
  if (name === 'CredentialsProviderError') {
    return 'no AWS credentials are found; log in, and export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  }
  if (CREDENTIALS_UNKNOWN.includes(name)) {
    return `AWS refuses the credentials (${name}); log in again, and see that the clock of this machine is right`;
  }
  if ([name, code].some((it) => UNREACHED.includes(it))) {
    return `no answer from AWS (${message}); is there a network, and is AWS_REGION right?`;
  }
  return message || name;
}

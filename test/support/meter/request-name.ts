import type { IncomingHttpHeaders } from 'node:http';

/** SQS bills each 64 KB begun as a request. */
const BILLED_BYTES = 64 * 1024;

/**
 * What a request asks of which service, and who asks: `sqs.SendMessage by function`. A function's
 * SDK says in its user agent where it runs; all others are the host, which does what AWS would, and
 * the provider, which fetches files by presigned URL.
 */
export function requestName(method: string, url: string, headers: IncomingHttpHeaders): string {
  const agent = String(headers['user-agent'] ?? '');
  const isFunction = / exec-env\/AWS_Lambda/.test(agent);
  const isSdk = agent.includes('aws-sdk-js');
  const caller = isFunction ? 'function' : isSdk ? 'host' : 'provider';
  return `${operation(method, url, headers)} by ${caller}`;
}

/** How many requests AWS bills it as. */
export function requestUnits(name: string, headers: IncomingHttpHeaders): number {
  if (!name.startsWith('sqs.')) return 1;
  return Math.max(1, Math.ceil(Number(headers['content-length'] ?? 0) / BILLED_BYTES));
}

function operation(method: string, url: string, headers: IncomingHttpHeaders): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', name = ''] = target.split('.');
    if (service.startsWith('DynamoDB')) return `dynamodb.${name}`;
    return service === 'AmazonSQS' ? `sqs.${name}` : `${service}.${name}`;
  }
  const { pathname, searchParams } = new URL(url, 'http://s3');
  if (pathname.split('/').filter(Boolean).length < 2) return `s3.${method} bucket`;
  if (searchParams.has('uploadId')) return `s3.${method} part`;
  return `s3.${method} object`;
}

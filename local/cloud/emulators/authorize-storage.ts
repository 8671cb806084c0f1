import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authorizer } from '../access/authorizer.ts';
import { accessKeyIn } from '../access/credentials.ts';
import { type DenialStyle, describeDenial } from '../access/denial.ts';
import { missingKeyNeeds, s3Needs } from './s3/s3-needs.ts';
import { isS3, s3Request } from './s3/s3-operation.ts';
import { S3Refusal } from './s3/s3-refusal.ts';
import { sqsNeeds } from './sqs-needs.ts';

const S3_STYLE: DenialStyle = { resource: (arn) => `"${arn}"` };
const SQS_STYLE: DenialStyle = { action: (action) => action.toLowerCase() };

/** Asks, before S3 and SQS do anything, whether the caller may have it done. */
export function authorizeStorage(app: FastifyInstance, authorizer: Authorizer): void {
  app.addHook('onRequest', async (request) => {
    if (!isS3(request) || isForm(request)) return;
    const refusal = refuseS3(authorizer, request, () => {
      const source = request.headers['x-amz-copy-source'];
      return s3Needs(s3Request(request), source && String(source));
    });
    if (refusal) throw refusal;
  });
  app.addHook('preHandler', async (request, reply) => {
    const isSqs = request.routeOptions.url === '/' && request.method === 'POST';
    if (isSqs) return refuseSqs(authorizer, request, reply);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 404 || !isRead(request) || !isS3(request)) return payload;
    const refusal = refuseS3(authorizer, request, () => missingKeyNeeds(s3Request(request)));
    if (!refusal) return payload;
    reply.code(refusal.statusCode).type('application/xml').removeHeader('content-length');
    return request.method === 'HEAD' ? '' : refusal.toXml();
  });
}

/** A form brings its signature in its fields: who can sign one may do what it says. */
function isForm({ method, params, query }: FastifyRequest): boolean {
  const { '*': key } = params as { '*'?: string };
  return method === 'POST' && key === undefined && !('delete' in (query as object));
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function refuseS3(
  authorizer: Authorizer,
  request: FastifyRequest,
  needs: () => ReturnType<typeof s3Needs>,
): S3Refusal | undefined {
  const denial = authorizer.refuse({
    accessKeyId: callerOf(request),
    operation: `s3: ${request.method} ${request.url.split('?')[0]}`,
    needs,
  });
  return denial && new S3Refusal(403, 'AccessDenied', describeDenial(denial, S3_STYLE));
}

async function refuseSqs(authorizer: Authorizer, request: FastifyRequest, reply: FastifyReply) {
  const target = String(request.headers['x-amz-target']);
  const operation = target.replace(/^AmazonSQS\./, '');
  const denial = authorizer.refuse({
    accessKeyId: callerOf(request),
    operation: `sqs:${operation}`,
    needs: () => sqsNeeds(operation, request.body),
  });
  if (!denial) return undefined;
  return reply
    .code(403)
    .headers({
      'content-type': 'application/x-amz-json-1.0',
      // The SDK takes an error's code from the days of the query protocol, where it is given.
      'x-amzn-query-error': 'AccessDenied;Sender',
    })
    .send(
      JSON.stringify({
        __type: 'com.amazonaws.sqs#AccessDenied',
        message: describeDenial(denial, SQS_STYLE),
      }),
    );
}

function callerOf({ headers, query }: FastifyRequest): string | undefined {
  return accessKeyIn(headers.authorization, query as Record<string, string>);
}

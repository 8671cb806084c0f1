import * as z from 'zod';
import type { InvocationOutcome } from '../functions/invocation.ts';

/** What goes back to the client. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const full = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.coerce.string()).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** A reply of API Gateway's own. */
export function messageReply(status: number, message: string): HttpReply {
  return jsonReply(status, JSON.stringify({ message }));
}

/** What API Gateway makes of a function's response in payload format 2.0. */
export function httpReply(outcome: InvocationOutcome): HttpReply {
  if (!outcome.ok) return messageReply(500, 'Internal Server Error');
  const { payload } = outcome;
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    // No status: API Gateway infers one, and takes the response itself for the body.
    return jsonReply(200, typeof payload === 'string' ? payload : JSON.stringify(payload));
  }
  const parsed = full.safeParse(payload);
  if (!parsed.success) return messageReply(500, 'Internal Server Error');
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  return {
    status: statusCode,
    headers: {
      ...(body && { 'content-type': 'text/plain; charset=utf-8' }),
      ...Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      ...(cookies && { 'set-cookie': cookies }),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function jsonReply(status: number, text: string): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
}

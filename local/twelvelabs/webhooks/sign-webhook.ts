import { createHmac } from 'node:crypto';

/** The `TL-Signature` of a body sent at a moment. */
export function signWebhook(secret: string, atSeconds: number, body: string): string {
  const v1 = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
  return `t=${atSeconds},v1=${v1}`;
}

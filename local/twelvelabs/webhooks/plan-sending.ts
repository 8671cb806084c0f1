import type { Fault, faultKinds } from '../faults/fault.ts';
import { signWebhook } from './sign-webhook.ts';

type WebhookFault = Extract<Fault, { kind: (typeof faultKinds.webhook)[number] }>;
type Forgery = Extract<WebhookFault, { kind: 'forge-webhook' }>['how'];

/** A notification as it should be. */
export interface TrueNotification {
  readonly body: string;
  readonly secret: string;
  /** The batch or the task that it names. */
  readonly subjectId: string;
}

/** How a notification goes to one endpoint. */
export interface Sending {
  readonly body: string;
  readonly sign: (atSeconds: number) => string | undefined;
  readonly copies: number;
  readonly delayMs: number;
}

/** How old a stale signature is. */
const STALE_SECONDS = 3_600;

/** What the faults that struck it make of a notification; undefined when it is lost. */
export function planSending(
  truth: TrueNotification,
  faults: readonly WebhookFault[],
): Sending | undefined {
  let sending: Sending = {
    body: truth.body,
    sign: (atSeconds) => signWebhook(truth.secret, atSeconds, truth.body),
    copies: 1,
    delayMs: 0,
  };
  for (const fault of faults) {
    if (fault.kind === 'lose-webhook') return undefined;
    if (fault.kind === 'double-webhook') sending = { ...sending, copies: fault.copies };
    if (fault.kind === 'delay-webhook') sending = { ...sending, delayMs: fault.ms };
    if (fault.kind === 'forge-webhook') sending = { ...sending, ...forge(truth, fault.how) };
  }
  return sending;
}

function forge(truth: TrueNotification, how: Forgery): Pick<Sending, 'body' | 'sign'> {
  const { body, secret, subjectId } = truth;
  const sign = (atSeconds: number) => signWebhook(secret, atSeconds, body);
  switch (how) {
    case 'secret':
      return { body, sign: (atSeconds) => signWebhook(`not ${secret}`, atSeconds, body) };
    case 'body':
      return { body: body.replaceAll(subjectId, another(subjectId)), sign };
    case 'stale':
      return { body, sign: (atSeconds) => sign(atSeconds - STALE_SECONDS) };
    case 'header':
      return { body, sign: () => undefined };
  }
}

/** What a forger would name instead. */
function another(id: string): string {
  return [...id].reverse().join('');
}

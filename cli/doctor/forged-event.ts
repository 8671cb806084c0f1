import { randomBytes } from 'node:crypto';
import { type Check, logOf } from './examined.ts';
import { failed, type Line, ok, warning } from './line.ts';
import { type Answer, batchEvent, postEvent, signEvent } from './post-event.ts';

const NAME = 'forged webhook';

/** Whether an event that is signed with another secret than ours is refused. */
export const checkForgedEvent: Check = {
  name: NAME,
  run: async (examined) => {
    const { output, now } = examined;
    const body = batchEvent(randomBytes(12).toString('hex'), now());
    const signature = signEvent(randomBytes(32).toString('hex'), body, now());
    const answer = await postEvent(output('WebhookUrl'), body, signature);
    return [judgeForgedEvent(answer, await logOf(examined, 'ReceiveWebhook'))];
  },
};

/** The line on forgeries. */
export function judgeForgedEvent(answer: Answer, log: string): Line {
  if (answer.kind === 'silent') return warning(NAME, `not tested: no answer (${answer.why})`);
  const { status } = answer;
  if (status === 401) return ok(NAME, 'an event signed with another secret is refused');
  if (status >= 200 && status < 300) {
    return failed(
      NAME,
      `AN EVENT SIGNED WITH ANOTHER SECRET IS ACCEPTED (HTTP ${status}): anybody may send events; is the code that is deployed this one? Deploy anew${log}`,
    );
  }
  return failed(NAME, `answered with HTTP ${status} instead of 401${log}`);
}

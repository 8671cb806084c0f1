import { batchEvent, signEvent } from '../../../cli/doctor/post-event.ts';

/** The id of a batch that never was. */
const BATCH_ID = '0123456789abcdef01234567';
const REFUSED = 401;
const AN_HOUR_MS = 3_600_000;

/**
 * Posts events that TwelveLabs never sent to the deployed API. That it takes true ones, `npm run doctor`
 * shows.
 * @throws unless each is answered with 401
 */
export async function expectForgeriesRefused(webhookUrl: string, secret: string): Promise<string> {
  const now = new Date();
  const body = batchEvent(BATCH_ID, now);
  const signatures = {
    unsigned: undefined,
    'signed with another secret': signEvent('whsec_other', body, now),
    'signed an hour ago': signEvent(secret, body, new Date(now.getTime() - AN_HOUR_MS)),
    'signed for another body': signEvent(secret, `${body} `, now),
  };
  for (const [what, signature] of Object.entries(signatures)) {
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature && { 'tl-signature': signature }),
      },
      body,
    });
    const text = await response.text();
    if (response.status !== REFUSED) throw new Error(`${what}: ${response.status} ${text}`);
  }
  return `${Object.keys(signatures).join(', ')}: 401`;
}

import { fileURLToPath } from 'node:url';
import type { CommandLine } from './command-line.ts';

const SAMPLE = fileURLToPath(new URL('../../samples/interview.webm', import.meta.url));

/** What a box that runs alone says of itself, with lines to paste into a shell. */
export function introduction(baseUrl: string, options: Omit<CommandLine, 'help'>): string {
  const { apiKey, webhookSecret, webhookUrls } = options;
  const controlUrl = new URL('/control', baseUrl).href;
  const curl = `curl -H 'x-api-key: ${apiKey}'`;
  return `TwelveLabs in a box: a stand-in for the TwelveLabs API v1.3 on this machine. What it answers is
simulated: no model sees a video, and nothing is paid.

Base URL        ${baseUrl}
API key         ${apiKey} (made up, no secret)
Webhook secret  ${webhookSecret} (likewise)
Webhooks go to  ${webhookUrls.join(' ') || 'nobody; --webhook-url URL names who is notified'}

For the official SDK (class TwelveLabs) and for npm start:
export TWELVELABS_BASE_URL=${baseUrl}
export TWELVE_LABS_API_KEY=${apiKey}

Upload a clip, list the assets, let 24 hours pass, see what else can be changed:
${curl} -F method=direct -F ${quoted(`file=@${SAMPLE}`)} ${baseUrl}/assets
${curl} ${baseUrl}/assets
${curl} -d '{"advance":"24h"}' ${controlUrl}/clock
${curl} ${controlUrl}

Notify a webhook, such as the one that npm start prints:
${curl} -d '{"url":"URL","secret":"SECRET"}' ${controlUrl}/webhooks

Ctrl-C stops it.
`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

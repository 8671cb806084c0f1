import { DEFAULT_STACK } from '../command.ts';

/** The provider itself; any other base URL is a stand-in, which has no dashboard. */
const PROVIDER = /^https:\/\/api\.twelvelabs\.io\//;
/** As every page of TwelveLabs' API reference says under Authentication. */
const API_KEYS_PAGE = 'https://playground.twelvelabs.io/dashboard/api-keys';
const WEBHOOKS_PAGE = 'https://playground.twelvelabs.io/dashboard/integrations/webhooks';

/** Where the API key comes from. */
export function keyIntroduction(baseUrl: string): string {
  return PROVIDER.test(baseUrl)
    ? `The API key is on the page API Keys of TwelveLabs: ${API_KEYS_PAGE}`
    : `This stack talks to ${baseUrl}, not to TwelveLabs itself: the key is the one of that server.`;
}

/**
 * Where the webhook is registered, and its secret found, in the words of the dashboard:
 * https://docs.twelvelabs.io/docs/advanced/webhooks/manage
 */
export function webhookIntroduction(baseUrl: string, webhookUrl: string): string {
  if (!PROVIDER.test(baseUrl)) {
    return `The webhook: register this URL at ${baseUrl}, and enter the secret that it signs with.\n  ${webhookUrl}`;
  }
  return [
    `The webhook: on the page Webhooks of TwelveLabs, ${WEBHOOKS_PAGE}`,
    'select Add Endpoint, and enter this URL, with any description:',
    `  ${webhookUrl}`,
    'Then select Reveal Secret beside it, and copy the secret.',
  ].join('\n');
}

/** What drops the signing secret before the current one. */
export function retireCommand(stack: string): string {
  return `npm run setup --${optionFor(stack)} --retire-previous`;
}

/** What to do when both are stored. */
export function nextSteps({ stack, bucket }: { stack: string; bucket: string }): string {
  const option = optionFor(stack);
  return [
    'Functions read a changed secret anew within five minutes. Next:',
    `  npm run doctor${option && ` --${option}`}`,
    '      says whether the stack is fit to work',
    `  aws s3 cp film.mp4 s3://${bucket}/`,
    '      drops a video in',
    `  npm run -s result --${option} --video film.mp4`,
    '      shows what is known of it; docs/querying.md has more ways',
  ].join('\n');
}

function optionFor(stack: string): string {
  return stack === DEFAULT_STACK ? '' : ` --stack ${stack}`;
}

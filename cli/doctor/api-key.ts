import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { isProviderError, ProviderRefusedError } from '../../shared/twelvelabs/errors.ts';
import type { Check } from './examined.ts';
import { isGenerated } from './generated-secret.ts';
import { failed, type Line, ok, warning } from './line.ts';

const NAME = 'API key';

/** What TwelveLabs says to the key. */
export interface ApiKeyFacts {
  readonly answer:
    | { readonly kind: 'accepted' }
    | { readonly kind: 'refused'; readonly status: number; readonly code: string }
    | { readonly kind: 'silent'; readonly why: string };
  /** The secret looks like what stood in it at first. */
  readonly isGenerated: boolean;
  readonly secretArn: string;
  readonly baseUrl: string;
}

/** Whether the key is one that TwelveLabs takes. */
export const checkApiKey: Check = {
  name: NAME,
  run: async ({ apiKey, provider, output }) => {
    const secretArn = output('TwelveLabsApiKeySecretArn');
    const baseUrl = output('TwelveLabsBaseUrl');
    const key = await apiKey();
    const answer = await answerTo(provider());
    return [judgeApiKey({ answer, isGenerated: isGenerated(key), secretArn, baseUrl })];
  },
};

/** What TwelveLabs says to the key that it is asked with; nothing is paid. */
export async function answerTo(
  provider: Pick<TwelveLabs, 'listAssets'>,
): Promise<ApiKeyFacts['answer']> {
  return await provider.listAssets([]).then(() => ({ kind: 'accepted' }), answerOf);
}

/** The line on the key. */
export function judgeApiKey({ answer, isGenerated, secretArn, baseUrl }: ApiKeyFacts): Line {
  const doIt = `npm run setup stores yours (as plain text in ${secretArn}); functions read it anew within five minutes`;
  if (answer.kind === 'accepted') return ok(NAME, `TwelveLabs accepts it, at ${baseUrl}`);
  if (answer.kind === 'silent') {
    return failed(
      NAME,
      `no answer from ${baseUrl} (${answer.why}), so the key is not tested; is there a way to it from here?`,
    );
  }
  const { status, code } = answer;
  const said = `HTTP ${status} ${code}`;
  if (status === 401 || status === 403) {
    const what = isGenerated
      ? `the secret still holds the random text that the deployment put there (${said})`
      : `TwelveLabs refuses it (${said})`;
    return failed(NAME, `${what}; ${doIt}`);
  }
  if (status === 429) return warning(NAME, `not tested: over the account's rate (${said})`);
  if (status === 404) {
    return failed(NAME, `${baseUrl} knows no assets (${said}); is twelveLabsBaseUrl right?`);
  }
  return failed(NAME, `not tested: ${baseUrl} answers ${said}; try again later`);
}

function answerOf(error: unknown): ApiKeyFacts['answer'] {
  if (!isProviderError(error)) throw error;
  if (error instanceof ProviderRefusedError) {
    return { kind: 'refused', status: error.status, code: error.providerCode };
  }
  return { kind: 'silent', why: error.message };
}

import { randomBytes } from 'node:crypto';
import type { CommandLine } from './command-line.ts';
import { UserError } from './user-error.ts';

/** Which TwelveLabs the run talks to. */
export interface ProviderChoice {
  readonly kind: 'box' | 'real' | 'other';
  /** Undefined for the box, which is not up yet. */
  readonly baseUrl: string | undefined;
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly uploadRoute: 'url' | 'direct';
}

const REAL_BASE_URL = 'https://api.twelvelabs.io/v1.3';

/**
 * Chooses by the environment, under the names that the official SDK reads. The real API can't fetch
 * from a laptop, so it is sent the bytes; whatever else is on loopback can.
 */
export function chooseProvider(
  env: NodeJS.ProcessEnv,
  { uploadRoute }: Pick<CommandLine, 'uploadRoute'>,
): ProviderChoice {
  const { TWELVE_LABS_API_KEY: apiKey = '', TWELVELABS_BASE_URL: baseUrl = '' } = env;
  const webhookSecret = `whsec_${randomBytes(24).toString('hex')}`;
  if (baseUrl) {
    checkBaseUrl(baseUrl);
    return {
      kind: 'other',
      baseUrl: baseUrl.replace(/\/+$/, ''),
      apiKey: apiKey || 'no-key-given',
      webhookSecret,
      uploadRoute: uploadRoute ?? 'url',
    };
  }
  if (apiKey) {
    const kind = 'real';
    return {
      kind,
      baseUrl: REAL_BASE_URL,
      apiKey,
      webhookSecret,
      uploadRoute: uploadRoute ?? 'direct',
    };
  }
  const boxKey = `tlk_${randomBytes(16).toString('hex')}`;
  return {
    kind: 'box',
    baseUrl: undefined,
    apiKey: boxKey,
    webhookSecret,
    uploadRoute: uploadRoute ?? 'url',
  };
}

function checkBaseUrl(baseUrl: string): void {
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    throw new UserError(`TWELVELABS_BASE_URL is no http(s) URL: ${baseUrl}`);
  }
  if (!/\/v1\.\d+\/?$/.test(new URL(baseUrl).pathname)) {
    throw new UserError(
      `TWELVELABS_BASE_URL must include the version, as in ${REAL_BASE_URL}; it is ${baseUrl}`,
    );
  }
}

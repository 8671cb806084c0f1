import { dirname, join } from 'node:path';

/** An account that is nobody's: AWS uses it in its own examples. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

/** A key, and the secret that goes with it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The emulator takes a key of twelve digits for the root user of that account. */
export const ROOT_USER: Credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'emulated' };

/** What the programs of a run are told of the machine, and nothing else of ours: no profile, no proxy. */
export function machineEnvironment(folder: string): Record<string, string> {
  return {
    // The Node that runs this also runs cdk, and the functions.
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    // Whoever looks for ~/.aws or ~/.cdk finds nothing.
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    CI: 'true',
  };
}

/** What makes every AWS client, in any language, talk to the emulator, as somebody. */
export function clientEnvironment(
  endpoint: string,
  certificate: string,
  { accessKeyId, secretAccessKey }: Credentials,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    // cdk looks at the first, Node at the second.
    AWS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  };
}

/** The same for our own commands, which call the API by its name. */
export function commandEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const preload = new URL('resolve-localhost.ts', import.meta.url).href;
  return { ...env, NODE_OPTIONS: `--import=${preload}` };
}

// By an address, for to a name S3 clients would prepend the bucket.
const ENDPOINT = /^https:\/\/127\.0\.0\.1:\d+$/;

/** @throws unless programs with this environment can reach no AWS but the emulated one, and only as `whom` */
export function assertEmulated(env: Readonly<Record<string, string>>, whom: Credentials): void {
  const wrong = [
    !ENDPOINT.test(env['AWS_ENDPOINT_URL'] ?? '') && 'AWS_ENDPOINT_URL',
    env['AWS_ACCESS_KEY_ID'] !== whom.accessKeyId && 'AWS_ACCESS_KEY_ID',
    env['AWS_EC2_METADATA_DISABLED'] !== 'true' && 'AWS_EC2_METADATA_DISABLED',
    ...Object.keys(env).filter(
      (name) => /^AWS_(PROFILE|SESSION_TOKEN)$/.test(name) || /^AWS_ENDPOINT_URL_/.test(name),
    ),
  ].filter((it) => it !== false);
  if (wrong.length > 0) throw new Error(`not the emulator's: ${wrong.join(', ')}`);
}

import { expect, it } from 'vitest';
import { runtimeEnvironment } from '../../../../local/cloud/functions/runtime-environment.ts';

const plan = {
  logicalId: 'Work1A2B3C4D',
  functionName: 'Stack-Work1A2B3C4D',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:Stack-Work1A2B3C4D',
  roleArn: 'arn:aws:iam::000000000000:role/Stack-Role',
  logGroupName: undefined,
  isTraced: false,
  assetDirectory: '/asset',
  handler: 'index.handler',
  timeoutSeconds: 3,
  memoryMegabytes: 256,
  variables: { TABLE_NAME: 'table', AWS_ENDPOINT_URL_S3: 'elsewhere' },
  reservedConcurrency: undefined,
  retryAttempts: 2,
};
const environmentIn = (host: Record<string, string>) =>
  runtimeEnvironment(plan, '/task', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, host);

it('keeps the host to itself, but for its way to the internet', () => {
  const environment = environmentIn({
    TWELVE_LABS_API_KEY: 'secret',
    HOME: '/root',
    NODE_OPTIONS: '--inspect',
    AWS_PROFILE: 'mine',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    SSL_CERT_FILE: '/ca.pem',
    https_proxy: 'http://proxy:3128',
    no_proxy: 'example.com',
  });

  expect(environment).not.toHaveProperty('TWELVE_LABS_API_KEY');
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['HOME']));
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['NODE_OPTIONS']));
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['AWS_PROFILE']));
  expect(environment).toMatchObject({
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    SSL_CERT_FILE: '/ca.pem',
    https_proxy: 'http://proxy:3128',
    NO_PROXY: '127.0.0.1,localhost,example.com',
  });
});

it('gives the function its own variables, and our endpoints in any case', () => {
  expect(environmentIn({})).toMatchObject({
    TABLE_NAME: 'table',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    AWS_LAMBDA_FUNCTION_NAME: 'Stack-Work1A2B3C4D',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_ACCESS_KEY_ID: 'ASIALOCALWork1A2B3C4D',
    LAMBDA_TASK_ROOT: '/task',
    TZ: ':UTC',
  });
});

import { beforeAll, expect, it } from 'vitest';
import { START } from './test-cloud.ts';
import { shareVersatileCloud } from './versatile-cloud.ts';

beforeAll(() => {
  process.env['TWELVE_LABS_API_KEY'] = 'not for functions';
});
const { running, answer } = shareVersatileCloud();

it('keeps an environment warm, and gives the next event to it', async () => {
  const first = await answer({});
  const second = await answer({});

  expect(second.pid).toBe(first.pid);
  expect(second.calls).toBe(first.calls + 1);
});

it('tells the remaining time truthfully', async () => {
  const { before, after } = await answer({ act: 'sleep', ms: 300 });

  expect(before).toBeLessThanOrEqual(1000);
  expect(before).toBeGreaterThan(800);
  expect(before - after).toBeGreaterThanOrEqual(299);
});

it('passes on what Lambda would, and nothing of ours', async () => {
  const { environment, context, now } = await answer({});

  expect(environment).toMatchObject({
    BASE_URL: 'http://127.0.0.1:1/v1.3',
    NUMBER: '5',
    AWS_LAMBDA_FUNCTION_NAME: 'Test-Versatile1A2B3C4D',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: running().cloud.endpoints.s3,
    AWS_ENDPOINT_URL_SQS: running().cloud.endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: running().cloud.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: running().cloud.endpoints.secretsManager,
  });
  expect(environment).not.toHaveProperty('TWELVE_LABS_API_KEY');
  expect(environment).not.toHaveProperty('HOME');
  expect(context).toEqual({
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    functionName: 'Test-Versatile1A2B3C4D',
    memoryLimitInMB: '128',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Test-Versatile1A2B3C4D',
  });
  expect(now).toBe(START.getTime());
});

import { expect, it } from 'vitest';
import { lambda, mapping, queuePair, ref, role } from './assembly.ts';
import { listChildren } from './child-processes.ts';
import { idleStack } from './idle-stack.ts';
import { startTestCloud } from './test-cloud.ts';

it.each([
  [
    'an override of a variable that no function declares',
    idleStack,
    { environment: { TWELVELABS_BASE_URL: 'x' } },
    'no function of the template declares the variable TWELVELABS_BASE_URL',
  ],
  [
    'a secret that is not in the template',
    idleStack,
    { secrets: { ApiKey: 'x' } },
    'no secret begins with ApiKey',
  ],
  [
    'a property that it can not honour',
    {
      resources: {
        Uploads: {
          Type: 'AWS::S3::Bucket',
          Properties: { ObjectLockEnabled: true },
        },
      },
    },
    {},
    'Uploads (AWS::S3::Bucket): the property ObjectLockEnabled is not supported',
  ],
  [
    'a queue that hides messages for less time than its function may take',
    {
      handlers: idleStack.handlers,
      resources: {
        Role: role,
        Slow: lambda('idle', { Timeout: 61 }),
        ...queuePair('Work'),
        Mapping: mapping('Work', 'Slow'),
      },
    },
    {},
    'AWS refuses a queue (Work) whose visibility timeout of 60 s is below the 61 s timeout of its function (Slow)',
  ],
  [
    'a reference to nothing',
    { ...idleStack, outputs: { Lost: { Value: ref('Nothing') } } },
    {},
    'the output Lost: nothing is known of {"Ref": "Nothing"}',
  ],
  [
    'a function without its code',
    { resources: { Role: role, Idle: lambda('idle') } },
    {},
    'Idle: the assembly has no asset idle.zip',
  ],
  [
    'a runtime that it does not run on',
    { ...idleStack, resources: { Role: role, Idle: lambda('idle', { Runtime: 'nodejs20.x' }) } },
    {},
    'Idle runs on nodejs20.x; the local cloud runs on nodejs24.x',
  ],
])('refuses %s, and stops what it had started', async (_what, refused, options, sentence) => {
  await expect(startTestCloud(refused, options)).rejects.toThrow(sentence);

  expect(await listChildren()).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { physicalIdOf, statefulNames } from '../../e2e/emulated/deployed-stack.ts';
import { describeFindings, readFindings } from '../../e2e/emulated/lint-template.ts';
import { processesOf, readProcesses } from '../../e2e/emulated/processes.ts';
import { isRecentPython } from '../../e2e/emulated/python.ts';
import { addressOf } from '../../e2e/emulated/resolve-localhost.ts';

it.each([
  ['Python 3.10.0', true],
  ['Python 3.13.1+\n', true],
  ['Python 3.9.18', false],
  ['Python 2.7.18', false],
  ['Python 4.0.0', false],
  ['pyenv: python3: command not found', false],
  ['', false],
])('of %j says whether it is new enough: %s', (version, isRecent) => {
  expect(isRecentPython(version)).toBe(isRecent);
});

it.each([
  ['localhost', '127.0.0.1'],
  ['a1b2.execute-api.localhost', '127.0.0.1'],
  ['a1b2.execute-api.LOCALHOST.', '127.0.0.1'],
  ['notlocalhost', 'notlocalhost'],
  ['localhost.example.com', 'localhost.example.com'],
])('looks %s up as %s', (hostname, address) => {
  expect(addressOf(hostname)).toBe(address);
});

describe('the processes of a function', () => {
  const lines = `    1     1 /sbin/init
 4711  4700 python run-ministack.py
 4712  4700 node /tmp/run/tmp/ministack-lambda-Emulated-AdmitAssetFunctionFCFA-837A-x1/_worker.js
 4713  4700 node /tmp/run/tmp/ministack-lambda-Emulated-AdmitAssetFunctionFCFA-837A2-x2/_worker.js
`;

  it('are read from what ps prints', () => {
    expect(readProcesses(lines).map(({ pid, groupId }) => [pid, groupId])).toEqual([
      [1, 1],
      [4711, 4700],
      [4712, 4700],
      [4713, 4700],
    ]);
  });

  it('are not those of another whose name begins alike', () => {
    const found = processesOf('Emulated-AdmitAssetFunctionFCFA-837A', readProcesses(lines));
    expect(found.map(({ pid }) => pid)).toEqual([4712]);
  });
});

describe('the findings of cfn-lint', () => {
  const lines = `/a b/x.template.json:1285:5:1285:46:W3005:'Role' dependency already enforced: yes
/a b/x.template.json:1555:5:1555:47:W3005:'Other' dependency already enforced
/a b/x.template.json:9:1:9:2:E3002:Additional properties are not allowed
`;

  it('are told rule by rule', () => {
    expect(describeFindings(readFindings(lines))).toEqual([
      "W3005 2 times, as in: 'Role' dependency already enforced: yes",
      'E3002 1 times, as in: Additional properties are not allowed',
    ]);
  });

  it('are none where nothing was found', () => {
    expect(describeFindings(readFindings(''))).toEqual([]);
  });
});

describe('the resources of a stack', () => {
  const resource = (logicalId: string, type: string) => ({
    logicalId,
    type,
    physicalId: logicalId,
  });
  const stack = {
    resources: [
      resource('Uploads4F6EB0FD', 'AWS::SQS::Queue'),
      resource('UploadsDeadLettersA1B2C3D4', 'AWS::SQS::Queue'),
      resource('UploadsPolicyA1B2C3D4', 'AWS::SQS::QueuePolicy'),
      resource('TableCD117FA1', 'AWS::DynamoDB::GlobalTable'),
    ],
  };

  it('are found by the name that they have in our code', () => {
    expect(physicalIdOf(stack, 'AWS::SQS::Queue', 'Uploads')).toBe('Uploads4F6EB0FD');
  });

  it('that are not there, or not the only ones, are an error', () => {
    expect(() => physicalIdOf(stack, 'AWS::SQS::Queue', 'Downloads')).toThrow('0 of');
    const twice = {
      resources: [...stack.resources, resource('Uploads00000000', 'AWS::SQS::Queue')],
    };
    expect(() => physicalIdOf(twice, 'AWS::SQS::Queue', 'Uploads')).toThrow('2 of');
  });

  it('hold data, or do not', () => {
    expect(statefulNames(stack).map((it) => it.split(' ')[0])).toEqual([
      'TableCD117FA1',
      'Uploads4F6EB0FD',
      'UploadsDeadLettersA1B2C3D4',
    ]);
  });
});

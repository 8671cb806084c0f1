import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { ref } from './assembly.ts';
import { startTestCloud } from './test-cloud.ts';

const stack = {
  resources: {
    Work1A2B3C4D: { Type: 'AWS::SQS::Queue', Properties: {} },
    Key5E6F7A8B: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
  },
  outputs: { WorkUrl: { Value: ref('Work1A2B3C4D') }, Words: { Value: '<a> & "b" – Köln' } },
};

it('tells of the stack, its outputs and its parts as CloudFormation does', async () => {
  await using running = await startTestCloud(stack, { outputs: { Words: '<c> & "d" – 東京' } });
  const { endpoints, outputs } = running.cloud;
  const client = new CloudFormationClient({
    region: 'us-east-1',
    endpoint: endpoints.cloudFormation,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const StackName = 'Test';

  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const { StackResourceSummaries } = await client.send(
    new ListStackResourcesCommand({ StackName }),
  );
  const described = await client.send(new DescribeStackResourcesCommand({ StackName }));

  expect(Stacks).toMatchObject([
    {
      StackName,
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: running.clock.now(),
      Outputs: [
        { OutputKey: 'WorkUrl', OutputValue: `${endpoints.sqs}/000000000000/Test-Work1A2B3C4D` },
        { OutputKey: 'Words', OutputValue: '<c> & "d" – 東京' },
      ],
    },
  ]);
  expect(outputs['Words']).toBe('<c> & "d" – 東京');
  expect(StackResourceSummaries).toMatchObject([
    {
      LogicalResourceId: 'Work1A2B3C4D',
      ResourceType: 'AWS::SQS::Queue',
      PhysicalResourceId: outputs['WorkUrl'],
    },
    { PhysicalResourceId: expect.stringMatching(/^arn:aws:secretsmanager:.*:Test-Key5E6F7A8B-/) },
  ]);
  expect(described.StackResources).toHaveLength(2);
  const all = await client.send(new DescribeStacksCommand({}));
  expect(all.Stacks).toHaveLength(1);
  await expect(client.send(new DescribeStacksCommand({ StackName: 'Tset' }))).rejects.toThrow(
    'Stack with id Tset does not exist',
  );
  await expect(client.send(new DescribeStackEventsCommand({ StackName }))).rejects.toThrow(
    'no action DescribeStackEvents here',
  );
  client.destroy();
});

it('refuses a value for an output that the stack does not have', async () => {
  await expect(startTestCloud(stack, { outputs: { Wrods: '' } })).rejects.toThrow(
    'the stack has no output Wrods to set',
  );
});

import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';

/** Where alarms go; undefined where nobody has asked for them, and they only show on the dashboard. */
export function createAlarmTopic(scope: Construct, config: Config): ITopic | undefined {
  const { alarmEmail, alarmTopicArn } = config;
  if (alarmTopicArn) return Topic.fromTopicArn(scope, 'ExistingAlarmTopic', alarmTopicArn);
  if (!alarmEmail) return undefined;
  const masterKey = customersKey(scope, config);
  const topic = new Topic(scope, 'AlarmTopic', {
    displayName: `${config.stackName} alarms`,
    enforceSSL: true,
    ...(masterKey && { masterKey }),
  });
  // SNS's own default, which lets alarms publish, gives way to the policy that demands TLS.
  topic.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}

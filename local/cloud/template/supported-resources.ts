import { honoured, nested, only, type SupportTable, withoutEffect } from './support.ts';
import { SUPPORTED_ACCESS } from './supported-access.ts';
import { SUPPORTED_COMPUTE } from './supported-compute.ts';

const TAGS = withoutEffect('nothing is billed or searched by tag', 'Tags');
const ENCRYPTION = 'nothing is kept, so nothing is encrypted at rest';
const PROTECTION = 'nothing outlives the local cloud, so nothing protects or recovers it';
const ACCESS = 'all that happens here happens within one account';

const BUCKET: SupportTable = {
  ...honoured('BucketName'),
  ...nested(
    'NotificationConfiguration',
    nested(
      'QueueConfigurations',
      honoured('Id', 'Event', 'Queue'),
      nested('Filter', nested('S3Key', honoured('Rules'))),
    ),
  ),
  ...withoutEffect(
    'a key has one object here, and an event names no version: whoever overwrites loses',
    'VersioningConfiguration',
  ),
  ...nested(
    'LifecycleConfiguration',
    nested(
      'Rules',
      withoutEffect(
        'it tidies up what is paid for: unfinished uploads, old versions, storage classes',
        'Id',
        'Status',
        'Prefix',
        'AbortIncompleteMultipartUpload',
        'Transitions',
        'Transition',
        'NoncurrentVersionExpiration',
        'NoncurrentVersionExpirationInDays',
        'NoncurrentVersionTransitions',
        'ExpiredObjectDeleteMarker',
      ),
    ),
  ),
  ...withoutEffect(ENCRYPTION, 'BucketEncryption'),
  ...withoutEffect(ACCESS, 'PublicAccessBlockConfiguration', 'OwnershipControls', 'AccessControl'),
  ...withoutEffect('nobody reads metrics or access logs here', 'MetricsConfigurations'),
  ...withoutEffect('nobody reads metrics or access logs here', 'LoggingConfiguration'),
  ...TAGS,
};

const QUEUE: SupportTable = {
  ...honoured(
    'QueueName',
    'VisibilityTimeout',
    'DelaySeconds',
    'MaximumMessageSize',
    'MessageRetentionPeriod',
    'ReceiveMessageWaitTimeSeconds',
    'RedrivePolicy',
  ),
  ...only('FifoQueue', false),
  ...withoutEffect(ENCRYPTION, 'SqsManagedSseEnabled', 'KmsMasterKeyId'),
  ...withoutEffect(ENCRYPTION, 'KmsDataKeyReusePeriodSeconds'),
  ...withoutEffect(ACCESS, 'RedriveAllowPolicy'),
  ...TAGS,
};

const REPLICA = [
  withoutEffect(PROTECTION, 'PointInTimeRecoverySpecification', 'DeletionProtectionEnabled'),
  withoutEffect('there is one class of storage', 'TableClass'),
  withoutEffect('nobody reads metrics here', 'ContributorInsightsSpecification'),
  withoutEffect(ENCRYPTION, 'SSESpecification'),
  withoutEffect('throughput is that of the laptop', 'ReadOnDemandThroughputSettings'),
  withoutEffect('throughput is that of the laptop', 'ReadProvisionedThroughputSettings'),
  TAGS,
] as const;

const TABLE: SupportTable = {
  ...honoured(
    'TableName',
    'KeySchema',
    'AttributeDefinitions',
    'GlobalSecondaryIndexes',
    'LocalSecondaryIndexes',
  ),
  ...withoutEffect('throughput is that of the laptop', 'BillingMode', 'ProvisionedThroughput'),
  ...withoutEffect('throughput is that of the laptop', 'OnDemandThroughput', 'WarmThroughput'),
  ...withoutEffect(
    'throughput is that of the laptop',
    'WriteProvisionedThroughputSettings',
    'WriteOnDemandThroughputSettings',
  ),
  ...nested('TimeToLiveSpecification', only('Enabled', false), honoured('AttributeName')),
  ...Object.assign({}, ...REPLICA),
};

const SECRET: SupportTable = {
  ...honoured('Name', 'SecretString', 'GenerateSecretString'),
  ...withoutEffect('it is for people', 'Description'),
  ...withoutEffect(ENCRYPTION, 'KmsKeyId'),
  ...TAGS,
};

/** Every resource type that may be in a template, and every property it may have. */
export const SUPPORTED_RESOURCES: Readonly<Record<string, SupportTable | 'any'>> = {
  ...SUPPORTED_ACCESS,
  ...SUPPORTED_COMPUTE,
  'AWS::S3::Bucket': BUCKET,
  'AWS::SQS::Queue': QUEUE,
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': {
    ...TABLE,
    ...nested(
      'Replicas',
      honoured('Region'),
      withoutEffect(
        'they repeat the indexes, with settings of throughput',
        'GlobalSecondaryIndexes',
      ),
      ...REPLICA,
    ),
  },
  'AWS::SecretsManager::Secret': SECRET,
  'AWS::Logs::LogGroup': {
    ...honoured('LogGroupName'),
    ...withoutEffect('logs go to the terminal', 'RetentionInDays', 'KmsKeyId', 'LogGroupClass'),
    ...TAGS,
  },
  // Nobody is on call for a laptop, and the metadata is for AWS: whatever they say has no effect.
  'AWS::CloudWatch::Alarm': 'any',
  'AWS::CloudWatch::CompositeAlarm': 'any',
  'AWS::CloudWatch::Dashboard': 'any',
  'AWS::Logs::QueryDefinition': 'any',
  'AWS::SNS::Subscription': 'any',
  'AWS::SNS::Topic': 'any',
  'AWS::SNS::TopicPolicy': 'any',
  'AWS::CDK::Metadata': 'any',
};

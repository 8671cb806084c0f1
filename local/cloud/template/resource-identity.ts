import { createHash } from 'node:crypto';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';

/** Where things listen, as far as names in a template depend on it. */
export interface Addresses {
  readonly queues: string;
  readonly httpApi: string;
}

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (name: string, addresses: Addresses) => Identity;

interface NamedType {
  /** The property that may name the resource. */
  readonly property?: string;
  readonly identify: Identify;
}

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;

const table: Identify = (name) => ({
  ref: name,
  attributes: { Arn: arn('dynamodb', `table/${name}`) },
});

const alarm: Identify = (name) => ({
  ref: name,
  attributes: { Arn: arn('cloudwatch', `alarm:${name}`) },
});

const byName: Identify = (name) => ({ ref: name, attributes: {} });

const TYPES: Readonly<Record<string, NamedType>> = {
  'AWS::S3::Bucket': {
    property: 'BucketName',
    identify: (name) => ({
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
      },
    }),
  },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    identify: (name, { queues }) => {
      // By number, not by name: the SDK sends to the host of the queue's URL.
      const url = `${queues}/${ACCOUNT_ID}/${name}`;
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::DynamoDB::Table': { property: 'TableName', identify: table },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName', identify: table },
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    identify: (name) => {
      const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
      const secretArn = arn('secretsmanager', `secret:${name}-${suffix}`);
      return { ref: secretArn, attributes: { Id: secretArn } };
    },
  },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    identify: (name) => ({ ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }),
  },
  'AWS::IAM::Role': {
    property: 'RoleName',
    identify: (name) => ({
      ref: name,
      attributes: { Arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}`, RoleId: name },
    }),
  },
  'AWS::IAM::ManagedPolicy': {
    property: 'ManagedPolicyName',
    identify: (name) => {
      const policyArn = `arn:aws:iam::${ACCOUNT_ID}:policy/${name}`;
      return { ref: policyArn, attributes: { PolicyArn: policyArn } };
    },
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    identify: (name) => ({ ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } }),
  },
  'AWS::ApiGatewayV2::Api': {
    identify: (name, { httpApi }) => ({
      ref: name,
      attributes: { ApiId: name, ApiEndpoint: httpApi },
    }),
  },
  'AWS::Events::Rule': {
    property: 'Name',
    identify: (name) => ({ ref: name, attributes: { Arn: arn('events', `rule/${name}`) } }),
  },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', identify: alarm },
  'AWS::CloudWatch::CompositeAlarm': { property: 'AlarmName', identify: alarm },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', identify: byName },
  'AWS::SNS::Topic': {
    property: 'TopicName',
    identify: (name) => {
      const topicArn = arn('sns', name);
      return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
    },
  },
};

/** The property that names a resource of this type, if it has one. */
export function namingProperty(type: string): string | undefined {
  return TYPES[type]?.property;
}

/** The name that a resource gets when its template gives none. */
export function generatedName(type: string, stackName: string, logicalId: string): string {
  if (type === 'AWS::ApiGatewayV2::Api') return logicalId.toLowerCase();
  const name = `${stackName}-${logicalId}`;
  return type === 'AWS::S3::Bucket' ? name.toLowerCase().slice(-63) : name.slice(-64);
}

/** What a resource is called by others in the template. */
export function identify(type: string, name: string, addresses: Addresses): Identity {
  return (TYPES[type]?.identify ?? byName)(name, addresses);
}

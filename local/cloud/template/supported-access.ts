import { honoured, type SupportTable, withoutEffect } from './support.ts';

const FOR_PEOPLE = withoutEffect('it is for people', 'Description');

/** Roles and policies: what they allow is allowed here, and nothing else. */
export const SUPPORTED_ACCESS: Readonly<Record<string, SupportTable>> = {
  'AWS::IAM::Role': {
    ...honoured('RoleName', 'Path', 'AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies'),
    ...withoutEffect('a session lasts as long as the local cloud', 'MaxSessionDuration'),
    ...withoutEffect('nothing is billed or searched by tag', 'Tags'),
    ...FOR_PEOPLE,
  },
  'AWS::IAM::Policy': {
    ...honoured('PolicyDocument', 'Roles'),
    ...withoutEffect('it is for people', 'PolicyName'),
  },
  'AWS::IAM::ManagedPolicy': {
    ...honoured('ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'),
    ...FOR_PEOPLE,
  },
  'AWS::S3::BucketPolicy': honoured('Bucket', 'PolicyDocument'),
  'AWS::SQS::QueuePolicy': honoured('Queues', 'PolicyDocument'),
  'AWS::SecretsManager::ResourcePolicy': {
    ...honoured('SecretId', 'ResourcePolicy'),
    ...withoutEffect('no policy makes a secret public here', 'BlockPublicPolicy'),
  },
};

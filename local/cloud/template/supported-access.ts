import { honoured, type SupportTable, withoutEffect } from './support.ts';

const ACCESS = 'there is one user; no permission is checked';

/** Roles and policies: they are there only to be referred to. */
export const SUPPORTED_ACCESS: Readonly<Record<string, SupportTable>> = {
  'AWS::IAM::Role': {
    ...honoured('RoleName', 'Path'),
    ...withoutEffect(
      ACCESS,
      'AssumeRolePolicyDocument',
      'ManagedPolicyArns',
      'Policies',
      'Description',
      'MaxSessionDuration',
      'PermissionsBoundary',
    ),
    ...withoutEffect('nothing is billed or searched by tag', 'Tags'),
  },
  'AWS::IAM::Policy': withoutEffect(ACCESS, 'PolicyDocument', 'PolicyName', 'Roles'),
  'AWS::IAM::ManagedPolicy': withoutEffect(
    ACCESS,
    'PolicyDocument',
    'ManagedPolicyName',
    'Roles',
    'Description',
    'Path',
  ),
  'AWS::S3::BucketPolicy': withoutEffect(ACCESS, 'Bucket', 'PolicyDocument'),
  'AWS::SQS::QueuePolicy': withoutEffect(ACCESS, 'Queues', 'PolicyDocument'),
  'AWS::SecretsManager::ResourcePolicy': withoutEffect(ACCESS, 'SecretId', 'ResourcePolicy'),
};

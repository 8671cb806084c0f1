import type { Need } from '../../access/decide.ts';
import type { S3Request } from './s3-operation.ts';

const OF_A_BUCKET: Readonly<Record<string, string>> = {
  CreateBucket: 's3:CreateBucket',
  DeleteBucket: 's3:DeleteBucket',
  HeadBucket: 's3:ListBucket',
  ListObjects: 's3:ListBucket',
};

const OF_AN_OBJECT: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUpload: ['s3:AbortMultipartUpload'],
  CompleteMultipartUpload: ['s3:PutObject'],
  CopyObject: ['s3:PutObject'],
  CreateMultipartUpload: ['s3:PutObject'],
  DeleteObject: ['s3:DeleteObject'],
  GetObject: ['s3:GetObject'],
  GetObjectAttributes: ['s3:GetObject', 's3:GetObjectAttributes'],
  HeadObject: ['s3:GetObject'],
  PutObject: ['s3:PutObject'],
  UploadPart: ['s3:PutObject'],
};

/**
 * What a request to S3 takes (Amazon S3 User Guide, "Required permissions for Amazon S3 API
 * operations"); undefined for an operation that is not known here.
 */
export function s3Needs(
  { operation, bucket, key }: S3Request,
  copySource?: string,
): readonly Need[] | undefined {
  if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  const ofBucket = OF_A_BUCKET[operation];
  if (ofBucket) return [{ action: ofBucket, resource: bucketArn(bucket) }];
  const resource = `${bucketArn(bucket)}/${key}`;
  const needs = OF_AN_OBJECT[operation]?.map((action) => ({ action, resource }));
  if (!needs || operation !== 'CopyObject') return needs;
  const source = decodeURIComponent((copySource ?? '').replace(/^\//, '').split('?')[0] ?? '');
  return [...needs, { action: 's3:GetObject', resource: bucketArn(source) }];
}

/** What takes to be told that a key has no object: without it S3 says only that access is denied. */
export function missingKeyNeeds({ bucket }: S3Request): readonly Need[] {
  return [{ action: 's3:ListBucket', resource: bucketArn(bucket) }];
}

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

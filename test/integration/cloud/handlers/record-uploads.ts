import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { S3Event, SQSEvent } from 'aws-lambda';

const dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient());
const s3 = new S3Client();

/** Writes one row for each S3 event: its record, how often it came, and the object's bytes as they are read back. */
export async function handler(event: SQSEvent): Promise<void> {
  for (const { body } of event.Records) {
    const { Records = [] } = JSON.parse(body) as Partial<S3Event>;
    for (const record of Records) {
      const { bucket, object } = record.s3;
      const key = decodeURIComponent(object.key.replaceAll('+', ' '));
      const isGone = record.eventName.startsWith('ObjectRemoved');
      const stored = isGone
        ? undefined
        : await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
      const bytes = await stored?.Body?.transformToByteArray();
      await dynamoDb.send(
        new UpdateCommand({
          TableName: process.env['TABLE_NAME'],
          Key: { pk: `${record.eventName} ${key}` },
          UpdateExpression:
            'SET #key = :key, bytesRead = :bytesRead, #record = :record ADD times :one',
          ExpressionAttributeNames: { '#key': 'key', '#record': 'record' },
          ExpressionAttributeValues: {
            ':key': key,
            ':bytesRead': bytes?.length ?? 0,
            ':record': record,
            ':one': 1,
          },
        }),
      );
    }
  }
}

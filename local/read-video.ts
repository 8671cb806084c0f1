import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Analysis, analysis } from '../shared/analysis.ts';
import { videoPk } from '../shared/store/keys.ts';
import { type Video, video } from '../shared/video.ts';

const segment = z.object({
  kind: z.literal('segment'),
  definition: z.string(),
  startSeconds: z.number(),
  endSeconds: z.number(),
  fields: z.record(z.string(), z.unknown()),
});

/** All that the table holds about one video: what a single Query by its S3 key returns. */
export interface VideoRows {
  readonly key: string;
  readonly video: Video | undefined;
  readonly analyses: readonly Analysis[];
  readonly segments: readonly z.infer<typeof segment>[];
}

const row = z.discriminatedUnion('kind', [video, analysis, segment]);

/** Reads a video's rows as they are this moment. */
export async function readVideo(
  client: DynamoDBDocumentClient,
  tableName: string,
  bucket: string,
  key: string,
): Promise<VideoRows> {
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': videoPk(bucket, key) },
      ConsistentRead: true,
    }),
  );
  const rows = items.map((item) => row.parse(item));
  return {
    key,
    video: rows.find((it) => it.kind === 'video'),
    analyses: rows.filter((it) => it.kind === 'analysis'),
    segments: rows.filter((it) => it.kind === 'segment'),
  };
}

/** The same query for the plain `aws` command line. */
export function awsQuery(tableName: string, bucket: string, key: string): string {
  const values = JSON.stringify({ ':pk': { S: videoPk(bucket, key) } }).replaceAll("'", "'\\''");
  return (
    `aws dynamodb query --table-name ${tableName} \\\n` +
    `  --key-condition-expression 'pk = :pk' \\\n` +
    `  --expression-attribute-values '${values}'`
  );
}

/** Whether nothing more will happen to the video: it is refused or failed, or all asked of it is answered. */
export function isFinal({ video: it, analyses }: VideoRows): boolean {
  if (!it || it.stage !== undefined) return false;
  return it.state !== 'admitted' || analyses.every(({ stage }) => stage === undefined);
}

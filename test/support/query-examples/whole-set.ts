import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';

/** The segments of a video by one definition, in the order of time; undefined while they are replaced. */
export async function segmentsOf(
  client: DynamoDBDocumentClient,
  tableName: string,
  video: { bucket: string; key: string },
  [profile, definition]: [string, string],
) {
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':pk': `VIDEO#${video.bucket}/${video.key}`,
        ':prefix': `SEGMENT#${profile}#${definition}#`,
      },
      ConsistentRead: true,
    },
  );
  const rows = (await Array.fromAsync(pages)).flatMap(({ Items = [] }) => Items);
  const isWhole = rows.every(
    (row) => row['segmentCount'] === rows.length && row['customId'] === rows[0]?.['customId'],
  );
  return isWhole ? rows : undefined;
}

import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Stage } from '../../../shared/lifecycle.ts';
import { indexes } from '../../../shared/store/keys.ts';
import type { DeployedWorld } from './emulated-world.ts';

/** What is held by a function while it works: a video, or a batch. */
const held = z.object({
  pk: z.string(),
  sk: z.string(),
  kind: z.enum(['video', 'batch', 'analysis']),
  revision: z.number(),
});

/**
 * A function that dies leaves its rows held for minutes, longer than it could have run. Here they are due
 * at once, as if that time had passed; what follows is left to the pipeline's clock.
 * @returns how many rows there were
 */
export async function letLeaseEnd(
  { clients, stack }: DeployedWorld,
  stages: readonly Stage[],
): Promise<number> {
  const TableName = stack.tableName;
  const now = new Date().toISOString();
  let count = 0;
  for (const stage of stages) {
    const { Items = [] } = await clients.table.send(
      new QueryCommand({
        TableName,
        IndexName: indexes.due,
        KeyConditionExpression: 'stage = :stage AND dueAt > :now',
        ExpressionAttributeValues: { ':stage': stage, ':now': now },
      }),
    );
    const rows = Items.map((it) => held.parse(it)).filter(({ kind }) => kind !== 'analysis');
    for (const { pk, sk, revision } of rows) {
      const update = new UpdateCommand({
        TableName,
        Key: { pk, sk },
        UpdateExpression: 'SET dueAt = :now',
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':now': now, ':revision': revision },
      });
      await clients.table.send(update);
    }
    count += rows.length;
  }
  return count;
}

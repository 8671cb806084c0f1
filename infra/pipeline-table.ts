import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { indexes } from '../shared/store/keys.ts';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';
import { removalOf } from './removal.ts';

/** The table of videos, analyses, segments and batches, with the indexes that the store reads. */
export class PipelineTable extends TableV2 {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: removalOf(config),
      deletionProtection: config.keepData,
      globalSecondaryIndexes: [
        // The waiting room is read row by whole row, and its rows are small.
        index(indexes.due, 'stage', 'dueAt', ProjectionType.ALL),
        index(indexes.state, 'state', 'stateSince', ProjectionType.INCLUDE, ['kind', 'reason']),
        index(indexes.batch, 'batchId', 'customId', ProjectionType.KEYS_ONLY),
        index(indexes.providerBatch, 'providerBatchId', undefined, ProjectionType.KEYS_ONLY),
        // Written once an analysis: what it holds does not change on the way.
        index(indexes.profile, 'profile', 'queuedAt', ProjectionType.KEYS_ONLY),
        index(indexes.segments, 'definition', 'queuedAt', ProjectionType.ALL),
      ],
    });
    const key = customersKey(scope, config);
    if (key) encryptWith(key, this.node.defaultChild as CfnGlobalTable);
  }
}

/** What TableV2 does only for a stack that knows its region. */
function encryptWith({ keyArn }: IKey, table: CfnGlobalTable): void {
  table.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
  table.addPropertyOverride('Replicas.0.SSESpecification.KMSMasterKeyId', keyArn);
}

function index(
  indexName: string,
  partitionKey: string,
  sortKey: string | undefined,
  projectionType: ProjectionType,
  nonKeyAttributes?: string[],
): GlobalSecondaryIndexPropsV2 {
  return {
    indexName,
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    ...(sortKey && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
    projectionType,
    ...(nonKeyAttributes && { nonKeyAttributes }),
  };
}

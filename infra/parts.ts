import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import type { PipelineTable } from './pipeline-table.ts';
import type { PrivateBucket } from './private-bucket.ts';
import type { StageQueues } from './stage-queues.ts';

/** What the stages of the pipeline share. */
export interface Parts {
  readonly scope: Construct;
  readonly config: Config;
  readonly queues: StageQueues;
  readonly uploads: IBucket | PrivateBucket;
  readonly archive: PrivateBucket;
  readonly table: PipelineTable;
  readonly apiKey: Secret;
  readonly webhookSecrets: Secret;
}

/** What a function is told that talks to TwelveLabs. */
export function providerVariables({ config, apiKey }: Parts) {
  return {
    TWELVELABS_BASE_URL: config.twelveLabsBaseUrl,
    TWELVELABS_API_KEY_SECRET_ARN: apiKey.secretArn,
  };
}

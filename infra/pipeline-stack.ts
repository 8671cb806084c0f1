import { Stack, Tags } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { addAlarms } from './alarms.ts';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';
import { addDashboard } from './dashboard.ts';
import { addOutputs } from './outputs.ts';
import type { Parts } from './parts.ts';
import { PipelineTable } from './pipeline-table.ts';
import { PrivateBucket } from './private-bucket.ts';
import { reviewed } from './reviewed.ts';
import { createStageQueues } from './stage-queues.ts';
import { addAcceptUpload } from './stages/accept-upload.ts';
import { addAdmitAsset } from './stages/admit-asset.ts';
import { addCollectResults } from './stages/collect-results.ts';
import { addReceiveWebhook } from './stages/receive-webhook.ts';
import { addRegisterAsset } from './stages/register-asset.ts';
import { addSubmitBatches } from './stages/submit-batches.ts';
import { addUploadChunks } from './stages/upload-chunks.ts';
import { addWakeDue } from './stages/wake-due.ts';
import { createUploads } from './uploads.ts';

/** The whole pipeline, in the order in which a video passes through it. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, { description: 'Reelbatch: videos in, TwelveLabs batch analyses out' });
    for (const [key, value] of Object.entries(config.tags)) Tags.of(this).add(key, value);

    const queues = createStageQueues(this, config);
    const parts: Parts = {
      scope: this,
      config,
      queues,
      uploads: createUploads(this, config, queues.uploads),
      archive: new PrivateBucket(this, 'ArchiveBucket', config),
      table: new PipelineTable(this, 'Table', config),
      ...createSecrets(this, config),
    };

    addAcceptUpload(parts);
    addRegisterAsset(parts);
    addUploadChunks(parts);
    addAdmitAsset(parts);
    addSubmitBatches(parts);
    const { webhookUrl } = addReceiveWebhook(parts);
    addCollectResults(parts, webhookUrl);
    const wakeDue = addWakeDue(parts);

    addDashboard(this, config, addAlarms(this, config, wakeDue));
    addOutputs(parts, webhookUrl);
  }
}

function createSecrets(scope: Construct, config: Config) {
  const encryptionKey = customersKey(scope, config);
  const encrypted = { ...(encryptionKey && { encryptionKey }) };
  const apiKey = new Secret(scope, 'TwelveLabsApiKey', {
    ...encrypted,
    description: 'API key of TwelveLabs, as plain text. Until it is set a random one stands in.',
  });
  const webhookSecrets = new Secret(scope, 'WebhookSecrets', {
    ...encrypted,
    description: 'Signing secrets of the webhook endpoint: {"current": "…", "previous": "…"}',
    generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'current' },
  });
  const reason =
    'TwelveLabs gives it out, on its dashboard alone: `npm run setup` takes a new one.';
  for (const secret of [apiKey, webhookSecrets]) reviewed(secret, 'SMG4', reason);
  return { apiKey, webhookSecrets };
}

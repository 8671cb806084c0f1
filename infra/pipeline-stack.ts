import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { CLOCK_PERIOD_SECONDS } from '../shared/waiting-room.ts';
import type { Config } from './config.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { PipelineTable } from './pipeline-table.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { PrivateBucket, UploadsBucket } from './uploads-bucket.ts';
import { StageQueue, Worker } from './worker.ts';

/** The path that TwelveLabs is told to post its webhooks to. */
export const WEBHOOK_PATH = '/webhooks/twelvelabs';

/**
 * Webhooks taken a second, and at once: five batches of a thousand may send an event for each item.
 * Who sends more gets 429, and costs little.
 */
const WEBHOOK_RATE = { rateLimit: 100, burstLimit: 5_000 };

/** The whole pipeline, in the order in which a video passes through it. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, { description: 'Reelbatch: videos in, TwelveLabs batch analyses out' });

    const timeouts = {
      acceptUpload: Duration.minutes(1),
      registerAsset: Duration.minutes(3),
      uploadChunks: Duration.minutes(15),
      admitAsset: Duration.minutes(1),
      submitBatches: Duration.minutes(5),
      collectResults: Duration.minutes(15),
    };

    const uploads = new StageQueue(this, 'Uploads', timeouts.acceptUpload);
    const scheduledUploads = new StageQueue(this, 'ScheduledUploads', timeouts.registerAsset);
    const largeUploads = new StageQueue(this, 'LargeUploads', timeouts.uploadChunks);
    const registeredAssets = new StageQueue(this, 'RegisteredAssets', timeouts.admitAsset);
    const queuedAnalyses = new StageQueue(this, 'QueuedAnalyses', timeouts.submitBatches);
    const changedBatches = new StageQueue(this, 'ChangedBatches', timeouts.collectResults);

    const uploadsBucket = new UploadsBucket(this, 'UploadsBucket', uploads);
    const archiveBucket = new PrivateBucket(this, 'ArchiveBucket');
    const table = new PipelineTable(this, 'Table');

    const apiKey = new Secret(this, 'TwelveLabsApiKey', {
      description: 'API key of TwelveLabs, as plain text. Until it is set a random one stands in.',
    });
    const webhookSecrets = new Secret(this, 'WebhookSecrets', {
      description: 'Signing secrets of the webhook endpoint: {"current": "…", "previous": "…"}',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'current' },
    });

    const provider = {
      TWELVELABS_BASE_URL: config.twelveLabsBaseUrl,
      TWELVELABS_API_KEY_SECRET_ARN: apiKey.secretArn,
    };

    const { function: acceptUpload } = new Worker(this, 'AcceptUpload', uploads, {
      folder: 'accept-upload',
      timeout: timeouts.acceptUpload,
      memoryMegabytes: 512,
      batchSize: 10,
      maxConcurrency: 10,
      environment: {
        TABLE_NAME: table.tableName,
        UPLOADS_QUEUE_URL: uploads.queueUrl,
        SCHEDULED_UPLOADS_QUEUE_URL: scheduledUploads.queueUrl,
        VIDEO_LIMITS: JSON.stringify(config.videoLimits),
      },
    });
    table.grantReadWriteData(acceptUpload);
    uploadsBucket.grantRead(acceptUpload);
    uploads.grantSendMessages(acceptUpload);
    scheduledUploads.grantSendMessages(acceptUpload);

    const { function: registerAsset } = new Worker(this, 'RegisterAsset', scheduledUploads, {
      folder: 'register-asset',
      timeout: timeouts.registerAsset,
      memoryMegabytes: 512,
      batchSize: 10,
      // A turn is missed within seconds: none may wait until the uploads of others are over.
      maxConcurrency: 20,
      environment: {
        ...provider,
        TABLE_NAME: table.tableName,
        SCHEDULED_UPLOADS_QUEUE_URL: scheduledUploads.queueUrl,
        LARGE_UPLOADS_QUEUE_URL: largeUploads.queueUrl,
        REGISTERED_ASSETS_QUEUE_URL: registeredAssets.queueUrl,
        UPLOAD_ROUTE: config.uploadRoute,
        CHUNKS_ABOVE_BYTES: String(config.chunksAboveBytes),
        UPLOADS_PER_MINUTE: String(config.uploadRates.perMinute),
        UPLOADS_PER_DAY: String(config.uploadRates.perDay),
      },
    });
    table.grantReadWriteData(registerAsset);
    uploadsBucket.grantRead(registerAsset);
    apiKey.grantRead(registerAsset);
    scheduledUploads.grantSendMessages(registerAsset);
    largeUploads.grantSendMessages(registerAsset);
    registeredAssets.grantSendMessages(registerAsset);

    const { function: uploadChunks } = new Worker(this, 'UploadChunks', largeUploads, {
      folder: 'upload-chunks',
      timeout: timeouts.uploadChunks,
      memoryMegabytes: 512,
      batchSize: 1,
      maxConcurrency: 5,
      environment: {
        ...provider,
        TABLE_NAME: table.tableName,
        SCHEDULED_UPLOADS_QUEUE_URL: scheduledUploads.queueUrl,
        LARGE_UPLOADS_QUEUE_URL: largeUploads.queueUrl,
        REGISTERED_ASSETS_QUEUE_URL: registeredAssets.queueUrl,
      },
    });
    table.grantReadWriteData(uploadChunks);
    uploadsBucket.grantRead(uploadChunks);
    apiKey.grantRead(uploadChunks);
    scheduledUploads.grantSendMessages(uploadChunks);
    largeUploads.grantSendMessages(uploadChunks);
    registeredAssets.grantSendMessages(uploadChunks);

    const { function: admitAsset } = new Worker(this, 'AdmitAsset', registeredAssets, {
      folder: 'admit-asset',
      timeout: timeouts.admitAsset,
      memoryMegabytes: 512,
      batchSize: 50,
      batchingWindow: Duration.seconds(1),
      maxConcurrency: 2,
      environment: {
        ...provider,
        TABLE_NAME: table.tableName,
        SCHEDULED_UPLOADS_QUEUE_URL: scheduledUploads.queueUrl,
        REGISTERED_ASSETS_QUEUE_URL: registeredAssets.queueUrl,
        QUEUED_ANALYSES_QUEUE_URL: queuedAnalyses.queueUrl,
        VIDEO_LIMITS: JSON.stringify(config.videoLimits),
      },
    });
    table.grantReadWriteData(admitAsset);
    apiKey.grantRead(admitAsset);
    scheduledUploads.grantSendMessages(admitAsset);
    registeredAssets.grantSendMessages(admitAsset);
    queuedAnalyses.grantSendMessages(admitAsset);

    const { function: submitBatches } = new Worker(this, 'SubmitBatches', queuedAnalyses, {
      folder: 'submit-batches',
      timeout: timeouts.submitBatches,
      memoryMegabytes: 512,
      batchSize: 100,
      batchingWindow: Duration.seconds(1),
      maxConcurrency: 2,
      environment: {
        ...provider,
        TABLE_NAME: table.tableName,
        QUEUED_ANALYSES_QUEUE_URL: queuedAnalyses.queueUrl,
        MAX_VIDEO_SECONDS: String(config.videoLimits.maxDurationSeconds),
      },
    });
    table.grantReadWriteData(submitBatches);
    apiKey.grantRead(submitBatches);
    queuedAnalyses.grantSendMessages(submitBatches);

    const receiveWebhook = new PipelineFunction(this, 'ReceiveWebhook', {
      folder: 'receive-webhook',
      timeout: Duration.seconds(10),
      memoryMegabytes: 256,
      environment: {
        CHANGED_BATCHES_QUEUE_URL: changedBatches.queueUrl,
        WEBHOOK_SECRETS_SECRET_ARN: webhookSecrets.secretArn,
      },
    });
    webhookSecrets.grantRead(receiveWebhook);
    changedBatches.grantSendMessages(receiveWebhook);

    const api = new HttpApi(this, 'WebhookApi', { createDefaultStage: false });
    new HttpStage(this, 'WebhookApiStage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: WEBHOOK_RATE,
    });
    api.addRoutes({
      path: WEBHOOK_PATH,
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('ReceiveWebhook', receiveWebhook),
    });

    const webhookUrl = `${api.apiEndpoint}${WEBHOOK_PATH}`;

    const { function: collectResults } = new Worker(this, 'CollectResults', changedBatches, {
      folder: 'collect-results',
      timeout: timeouts.collectResults,
      memoryMegabytes: 512,
      batchSize: 5,
      maxConcurrency: 5,
      environment: {
        ...provider,
        TABLE_NAME: table.tableName,
        ARCHIVE_BUCKET_NAME: archiveBucket.bucketName,
        CHANGED_BATCHES_QUEUE_URL: changedBatches.queueUrl,
        QUEUED_ANALYSES_QUEUE_URL: queuedAnalyses.queueUrl,
        WEBHOOK_URL: webhookUrl,
      },
    });
    table.grantReadWriteData(collectResults);
    archiveBucket.grantPut(collectResults);
    apiKey.grantRead(collectResults);
    changedBatches.grantSendMessages(collectResults);
    queuedAnalyses.grantSendMessages(collectResults);

    const wakeDue = new PipelineFunction(this, 'WakeDue', {
      folder: 'wake-due',
      timeout: Duration.minutes(1),
      memoryMegabytes: 256,
      environment: {
        TABLE_NAME: table.tableName,
        UPLOADS_QUEUE_URL: uploads.queueUrl,
        SCHEDULED_UPLOADS_QUEUE_URL: scheduledUploads.queueUrl,
        LARGE_UPLOADS_QUEUE_URL: largeUploads.queueUrl,
        REGISTERED_ASSETS_QUEUE_URL: registeredAssets.queueUrl,
        QUEUED_ANALYSES_QUEUE_URL: queuedAnalyses.queueUrl,
        CHANGED_BATCHES_QUEUE_URL: changedBatches.queueUrl,
      },
    });
    table.grantReadWriteData(wakeDue);
    const woken = [uploads, scheduledUploads, largeUploads, registeredAssets];
    for (const queue of [...woken, queuedAnalyses, changedBatches]) {
      queue.grantSendMessages(wakeDue);
    }
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.seconds(CLOCK_PERIOD_SECONDS)),
      targets: [new LambdaFunction(wakeDue)],
    });

    new RunbookAlarm(this, 'RowsRescuedAlarm', {
      metricName: 'RowsRescued',
      service: 'wake-due',
      means:
        'the clock woke rows that a message should have woken: messages were lost, or a function fails',
      section: 'The clock woke what a message should have',
    });

    new CfnOutput(this, 'UploadsBucketName', { value: uploadsBucket.bucketName });
    new CfnOutput(this, 'ArchiveBucketName', { value: archiveBucket.bucketName });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'WebhookUrl', { value: webhookUrl });
    new CfnOutput(this, 'TwelveLabsBaseUrl', { value: config.twelveLabsBaseUrl });
    new CfnOutput(this, 'UploadsPerMinute', { value: String(config.uploadRates.perMinute) });
    new CfnOutput(this, 'UploadsPerDay', { value: String(config.uploadRates.perDay) });
    new CfnOutput(this, 'TwelveLabsApiKeySecretArn', { value: apiKey.secretArn });
    new CfnOutput(this, 'WebhookSecretsSecretArn', { value: webhookSecrets.secretArn });
  }
}

import { CfnOutput } from 'aws-cdk-lib';
import type { Parts } from './parts.ts';

/** What a person needs to know of the stack, and what to do next in plain words. */
export function addOutputs(parts: Parts, webhookUrl: string): void {
  const { scope, config, uploads, archive, table, apiKey, webhookSecrets } = parts;
  const stack = config.stackName === 'Reelbatch' ? '' : ` -- --stack ${config.stackName}`;
  const prefixes = config.uploadPrefixes.map((it) => `${it}…`).join(' or ');
  const outputs: Record<string, string> = {
    UploadsBucketName: uploads.bucketName,
    ArchiveBucketName: archive.bucketName,
    TableName: table.tableName,
    WebhookUrl: webhookUrl,
    TwelveLabsBaseUrl: config.twelveLabsBaseUrl,
    UploadsPerMinute: String(config.uploadRates.perMinute),
    UploadsPerDay: String(config.uploadRates.perDay),
    TwelveLabsApiKeySecretArn: apiKey.secretArn,
    WebhookSecretsSecretArn: webhookSecrets.secretArn,
    Next1: `Register ${webhookUrl} as a webhook endpoint in the TwelveLabs dashboard; it shows a signing secret`,
    Next2: `npm run setup${stack} asks for your API key and for that secret, and stores both`,
    Next3: `Drop videos into s3://${uploads.bucketName}/${prefixes && ` (${prefixes})`}`,
    Next4: `npm run doctor${stack} says whether all is well; docs/querying.md how to look at results`,
  };
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(scope, name, { value });
}

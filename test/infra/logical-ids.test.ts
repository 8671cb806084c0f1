import { expect, it } from 'vitest';
import { synthesizeWith } from '../support/synthesize-template.ts';

/**
 * The names by which CloudFormation knows what holds data. One that changes is a new, empty resource
 * beside the old one: these never do.
 */
const HOLD_DATA = {
  'AWS::DynamoDB::GlobalTable': ['TableCD117FA1'],
  'AWS::S3::Bucket': ['ArchiveBucket9DECBF5D', 'UploadsBucket5E5E9B64'],
  'AWS::SecretsManager::Secret': ['TwelveLabsApiKeyB67C3E21', 'WebhookSecretsC35BAB69'],
  'AWS::SQS::Queue': [
    'ChangedBatches82393663',
    'ChangedBatchesDeadLettersE73AAEA7',
    'LargeUploads45BAF4F9',
    'LargeUploadsDeadLettersE61C59B9',
    'QueuedAnalyses73F62E28',
    'QueuedAnalysesDeadLetters5C4FE886',
    'RegisteredAssets9CB39D38',
    'RegisteredAssetsDeadLettersF6E7CDB0',
    'ScheduledUploads4B6907DD',
    'ScheduledUploadsDeadLetters6EC4D04C',
    'Uploads4F6EB0FD',
    'UploadsDeadLetters82A5D75E',
  ],
};

it('keeps what holds data under the names that it was deployed with', () => {
  const template = synthesizeWith();
  const found = Object.keys(HOLD_DATA).map((type) => [
    type,
    Object.keys(template.findResources(type)).toSorted(),
  ]);
  expect(Object.fromEntries(found)).toEqual(HOLD_DATA);
});

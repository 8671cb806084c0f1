import { expect, it } from 'vitest';
import { lineText } from '../../../../cli/doctor/line.ts';
import { judgeStack } from '../../../../cli/doctor/stack-line.ts';

const outputs = Object.fromEntries(
  [
    ...['UploadsBucketName', 'ArchiveBucketName', 'TableName', 'WebhookUrl', 'TwelveLabsBaseUrl'],
    ...['TwelveLabsApiKeySecretArn', 'WebhookSecretsSecretArn'],
    ...['UploadsPerMinute', 'UploadsPerDay'],
  ].map((name) => [name, 'value']),
);
const stack = { name: 'Reelbatch', region: 'eu-west-1', createdAt: new Date(0), outputs };

it.each([
  ['CREATE_COMPLETE', '✓ stack: Reelbatch in eu-west-1, CREATE_COMPLETE'],
  ['UPDATE_COMPLETE', '✓ stack'],
  [
    'UPDATE_ROLLBACK_COMPLETE',
    '! stack: Reelbatch in eu-west-1, UPDATE_ROLLBACK_COMPLETE: its last',
  ],
  ['UPDATE_IN_PROGRESS', '! stack: Reelbatch in eu-west-1, UPDATE_IN_PROGRESS: ask again'],
  ['UPDATE_ROLLBACK_FAILED', '✗ stack: Reelbatch in eu-west-1, UPDATE_ROLLBACK_FAILED: see its e'],
])('says of a stack in %s', (status, words) => {
  expect(lineText(judgeStack({ ...stack, status }))).toContain(words);
});

it('names the outputs that are missing, and what that means', () => {
  const status = 'CREATE_COMPLETE';
  const { UploadsPerDay: _, TwelveLabsBaseUrl: __, ...older } = outputs;
  expect(judgeStack({ ...stack, status, outputs: older }).text).toContain(
    'has no output TwelveLabsBaseUrl, UploadsPerDay; deploy it anew, for it is of another version',
  );
  expect(judgeStack({ ...stack, status, outputs: { Url: 'x' } }).text).toContain(
    'is it a stack of Reelbatch?',
  );
});

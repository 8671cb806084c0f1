import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { clientEnvironment } from '../../../../local/cloud/endpoints.ts';
import { serveText } from '../../../../local/terminal/serve-text.ts';

const endpoints = {
  s3: 'http://127.0.0.1:1',
  sqs: 'http://127.0.0.1:1',
  dynamodb: 'http://127.0.0.1:2',
  secretsManager: 'http://127.0.0.1:3',
  cloudFormation: 'http://127.0.0.1:6',
  httpApi: 'http://127.0.0.1:4',
};
const lines = serveText({
  cloud: { endpoints, clientEnvironment: clientEnvironment(endpoints) },
  providerUrl: 'http://127.0.0.1:5/v1.3',
  tableName: 'table-1',
  uploadsBucket: 'uploads-1',
  archiveBucket: 'archive-1',
}).split('\n');

it('says where everything answers', () => {
  expect(lines.slice(0, 7)).toEqual([
    'TwelveLabs     http://127.0.0.1:5/v1.3',
    's3             http://127.0.0.1:1',
    'sqs            http://127.0.0.1:1',
    'dynamodb       http://127.0.0.1:2',
    'secretsManager http://127.0.0.1:3',
    'cloudFormation http://127.0.0.1:6',
    'httpApi        http://127.0.0.1:4',
  ]);
});

it('exports to a shell what the commands of the docs stand on', () => {
  const exports = lines.filter((line) => line.startsWith('export '));
  const shown = execFileSync(
    'sh',
    ['-c', `${exports.join('\n')}\necho "$TABLE $BUCKET $ARCHIVE $AWS_ENDPOINT_URL_DYNAMODB"`],
    { encoding: 'utf8' },
  );
  expect(shown).toBe('table-1 uploads-1 archive-1 http://127.0.0.1:2\n');
});

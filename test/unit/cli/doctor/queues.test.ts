import { expect, it } from 'vitest';
import { judgeQueue, queueUrlIn } from '../../../../cli/doctor/queues.ts';

const name = 'Uploads';

it.each([
  [{ visible: 0, inFlight: 0, deadLetters: 0 }, 'ok', '0 waiting, 0 in flight, no dead letters'],
  [{ visible: 1_200, inFlight: 3, deadLetters: 0 }, 'ok', '1,200 waiting, 3 in flight'],
  [{ visible: 0, inFlight: 0, deadLetters: 1 }, 'failed', '1 dead letter; npm run redrive shows'],
  [{ visible: 0, inFlight: 0, deadLetters: 1_000 }, 'failed', '1,000 dead letters'],
])('says of %j: %s', (depth, mark, words) => {
  const line = judgeQueue({ name, ...depth });
  expect(line).toMatchObject({ mark, name: 'queue Uploads' });
  expect(line.text).toContain(words);
});

it('finds a queue by its name and the digits that CDK adds', () => {
  const queue = (logicalId: string) => ({
    logicalId,
    type: 'AWS::SQS::Queue',
    physicalId: `https://${logicalId}`,
  });
  const parts = [
    { ...queue('UploadsBucket1A2B3C4D'), type: 'AWS::S3::Bucket' },
    ...['UploadsDeadLetters1A2B3C4D', 'ScheduledUploads1A2B3C4D', 'Uploads5E6F7A8B'].map(queue),
  ];
  expect(queueUrlIn(parts, 'Uploads')).toBe('https://Uploads5E6F7A8B');
  expect(queueUrlIn(parts, 'UploadsDeadLetters')).toBe('https://UploadsDeadLetters1A2B3C4D');
  expect(() => queueUrlIn(parts, 'Downloads')).toThrow('the stack has no queue Downloads');
});

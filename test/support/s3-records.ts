import type { LocalPipeline } from '../../local/start-pipeline.ts';
import type { Video } from '../../shared/video.ts';

type Delivered = Partial<Pick<Video, 'bucket' | 'key' | 'etag' | 'sequencer' | 'sizeBytes'>>;

/** A record of an S3 event about an upload that was entered before, or of one made up. */
export function s3Record({
  bucket = '',
  key = '',
  etag = '',
  sequencer = '',
  sizeBytes = 1,
}: Delivered) {
  return {
    eventName: 'ObjectCreated:Put',
    eventTime: '2026-11-21T12:00:00.000Z',
    s3: {
      bucket: { name: bucket },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+'),
        size: sizeBytes,
        eTag: etag,
        sequencer,
      },
    },
  };
}

/** Delivers messages to accept-upload as SQS would, in one invocation; returns the ids it failed on. */
export async function deliver(
  { cloud }: LocalPipeline,
  ...messages: readonly unknown[]
): Promise<string[]> {
  const outcome = await cloud.invoke('AcceptUpload', {
    Records: messages.map((message, at) => ({
      messageId: `message-${at}`,
      body: JSON.stringify(message),
    })),
  });
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  const { batchItemFailures } = outcome.payload as {
    batchItemFailures: { itemIdentifier: string }[];
  };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

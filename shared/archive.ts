import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type ArchivedLine, packLines } from './archive-format.ts';

/** The bucket of raw results, as those who write it see it. */
export interface ArchiveWriter {
  /**
   * Stores lines as an object of its own. Its metadata holds the SHA-256 of the lines.
   * @returns where each line lies, once all of them are safe
   */
  storeLines(archiveKey: string, lines: readonly Uint8Array[]): Promise<ArchivedLine[]>;
}

/** The same bucket, as those who read it see it. */
export interface ArchiveReader {
  /** The keys below a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** The packed bytes of a whole object, and the SHA-256 that was noted when it was stored. */
  read(archiveKey: string): Promise<{ readonly bytes: Uint8Array; readonly sha256?: string }>;
  /** The packed bytes of one member. */
  readMember(line: ArchivedLine): Promise<Uint8Array>;
}

/** Where what is known of a batch lies: raw lines, and the rows that they belong to. */
export function archivePrefix(batchId: string): string {
  return `${BATCHES_PREFIX}${batchId}/`;
}

export const BATCHES_PREFIX = 'batches/';

/** The rows that a batch's lines have settled, without their results: those are in the lines. */
export const ROWS_FILE = 'rows.jsonl.gz';

export function createArchive(
  bucketName: string,
  client: S3Client = new S3Client({}),
): ArchiveWriter & ArchiveReader {
  return {
    storeLines: async (archiveKey, lines) => {
      const { bytes, members, sha256 } = await packLines(lines);
      await client.send(
        new PutObjectCommand({
          Bucket: bucketName,
          Key: archiveKey,
          Body: bytes,
          ContentType: 'application/gzip',
          Metadata: { sha256, lines: String(lines.length) },
        }),
      );
      return members.map((member) => ({ archiveKey, ...member }));
    },

    list: async function* (prefix) {
      let from: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucketName,
            Prefix: prefix,
            ...(from && { ContinuationToken: from }),
          }),
        );
        for (const { Key: key } of page.Contents ?? []) if (key) yield key;
        from = page.NextContinuationToken;
      } while (from);
    },

    read: async (archiveKey) => {
      const { Body: body, Metadata: metadata } = await client.send(
        new GetObjectCommand({ Bucket: bucketName, Key: archiveKey }),
      );
      const sha256 = metadata?.['sha256'];
      const bytes = (await body?.transformToByteArray()) ?? new Uint8Array();
      return { bytes, ...(sha256 && { sha256 }) };
    },

    readMember: async ({ archiveKey, offsetBytes, lengthBytes }) => {
      const range = `bytes=${offsetBytes}-${offsetBytes + lengthBytes - 1}`;
      const { Body: body } = await client.send(
        new GetObjectCommand({ Bucket: bucketName, Key: archiveKey, Range: range }),
      );
      return (await body?.transformToByteArray()) ?? new Uint8Array();
    },
  };
}

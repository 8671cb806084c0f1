import * as z from 'zod';
import { invalidParameter } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import { expectedBytes, type MultipartUpload, totalChunks } from './multipart-upload.ts';

const report = z.strictObject({
  completed_chunks: z
    .array(
      z.strictObject({
        chunk_index: z.int(),
        proof: z.string().min(1),
        proof_type: z.literal('etag'),
        chunk_size: z.int(),
      }),
    )
    .min(1),
});

type CompletedChunk = z.infer<typeof report>['completed_chunks'][number];

/** What is wrong with a reported chunk. */
interface Mistake {
  readonly parameter: keyof CompletedChunk;
  readonly message: string;
}

/** How many chunks a report brought. */
export interface ReportCounts {
  readonly processed: number;
  readonly duplicates: number;
}

/** Notes the chunks of a report, or throws the refusal for the first wrong one and notes none. */
export function reportChunks(upload: MultipartUpload, body: unknown, nowMs: number): ReportCounts {
  const { completed_chunks: chunks } = readParameters(report, body);
  const fresh = new Map<number, CompletedChunk>();
  for (const [position, chunk] of chunks.entries()) {
    const { chunk_index: index } = chunk;
    if (upload.reported.has(index)) continue;
    const mistake = mistakeIn(chunk, upload);
    if (mistake) {
      noteMistake(upload, index, mistake, nowMs);
      const name = `completed_chunks[${position}].${mistake.parameter}`;
      throw invalidParameter(name, mistake.message);
    }
    fresh.set(index, chunk);
  }
  for (const [index, { chunk_size: sizeBytes }] of fresh) {
    upload.reported.set(index, { sizeBytes, atMs: nowMs });
    upload.failed.delete(index);
  }
  if (fresh.size > 0) upload.updatedAtMs = nowMs;
  return { processed: fresh.size, duplicates: chunks.length - fresh.size };
}

function mistakeIn(chunk: CompletedChunk, upload: MultipartUpload): Mistake | undefined {
  const { chunk_index: index, chunk_size: sizeBytes } = chunk;
  const total = totalChunks(upload);
  if (index < 1 || index > total) {
    return { parameter: 'chunk_index', message: `It must be from 1 to ${total}.` };
  }
  const stored = upload.stored.get(index);
  if (!stored) return { parameter: 'chunk_index', message: 'This chunk has not been uploaded.' };
  if (chunk.proof.replace(/^"(.*)"$/, '$1') !== stored.etag) {
    return { parameter: 'proof', message: 'It is not the ETag of the chunk that was uploaded.' };
  }
  const expected = expectedBytes(upload, index);
  if (sizeBytes === expected && stored.sizeBytes === expected) return undefined;
  return { parameter: 'chunk_size', message: `This chunk must have ${expected} bytes.` };
}

/** The chunk is shown as failed until it is reported as it should be. */
function noteMistake(upload: MultipartUpload, index: number, { message }: Mistake, nowMs: number) {
  if (index < 1 || index > totalChunks(upload)) return;
  upload.failed.set(index, { message, atMs: nowMs });
  upload.updatedAtMs = nowMs;
}

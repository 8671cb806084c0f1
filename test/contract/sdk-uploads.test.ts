import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TwelveLabs } from 'twelvelabs-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../local/clock.ts';
import { API_KEY, type BoxFixture, samples, startBox } from '../support/box-fixture.ts';
import { failureOf } from '../support/failure-of.ts';
import { CHUNK_BYTES } from '../support/multipart-client.ts';
import { waitFor } from '../support/wait-for.ts';

/*
 * What `multipartUpload.uploadFile` of `twelvelabs-js` 1.3.4 does wrong, and why the pipeline sends
 * chunks itself. A test that fails here says that a defect is mended.
 */

const clip = fileURLToPath(samples.mp4);
const clipBytes = statSync(clip).size;
const chunks = Math.ceil(clipBytes / CHUNK_BYTES);

const printed: string[] = [];
let copiesFolder = '';

beforeEach(() => {
  printed.length = 0;
  for (const method of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((text) => printed.push(text));
  }
  copiesFolder = mkdtempSync(join(tmpdir(), 'sdk-uploads-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(copiesFolder, { recursive: true });
});

/** A box whose chunks are small, and an SDK that knows `uploadFile` and copies where we look. */
async function startSmallChunks(): Promise<
  BoxFixture & { uploads: TwelveLabs['multipartUpload'] }
> {
  const fixture = await startBox({ limits: { chunkBytes: CHUNK_BYTES } });
  vi.stubEnv('TWELVELABS_BASE_URL', fixture.box.baseUrl);
  vi.stubEnv('TMPDIR', copiesFolder);
  return { ...fixture, uploads: new TwelveLabs({ apiKey: API_KEY }).multipartUpload };
}

describe('uploadFile of the official SDK 1.3.4', () => {
  // A Lambda with 512 MB of disk can not send a file of 600 MB.
  it('copies the whole file to the disk before it sends the first byte', async () => {
    const { box, clock, uploads } = await startSmallChunks();
    box.faults.set({ kind: 'slow', ms: 1_000 });
    const uploading = uploads.uploadFile(clip, { batchSize: 1 });
    await passTime(clock, () => box.requests.includes('multipartUpload.putChunk'));
    expect(copies()).toHaveLength(chunks);
    expect(copies().reduce((sum, path) => sum + statSync(path).size, 0)).toBe(clipBytes);
    box.faults.clear();
    await passTimeUntilEnded(clock, uploading);
    expect(copies()).toEqual([]);
  });

  // The whole batch is read into memory, and the network has as many uploads as it wants.
  it('sends all chunks of a batch at once, whatever maxWorkers says', async () => {
    const { box, clock, uploads } = await startSmallChunks();
    box.faults.set({ kind: 'slow', ms: 1_000, operation: 'multipartUpload.putChunk' });
    const uploading = uploads.uploadFile(clip, { batchSize: chunks, maxWorkers: 1 });
    await waitFor(() => box.faults.list()[0]?.struck === chunks, {
      describe: () => box.faults.list(),
    });
    expect(chunks).toBeGreaterThan(2);
    await passTimeUntilEnded(clock, uploading);
  });

  // One lost answer fails an upload of ten gigabytes, and says no more than that.
  it('tries a chunk again at the URL that is used up, and hides why that fails', async () => {
    const { box, uploads } = await startSmallChunks();
    const operation = 'multipartUpload.putChunk' as const;
    box.faults.set({ kind: 'lose-reply', operation, times: 1 });
    const options = { batchSize: 1, maxRetries: 2, retryDelay: 0 };
    const error = await failureOf(uploads.uploadFile(clip, options));
    expect(error).toMatchObject({
      name: 'UploadError',
      message: 'Chunk 1 upload failed after 3 attempts',
    });
    expect(printed).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/fetch failed/),
        expect.stringMatching(/HTTP 403/),
      ]),
    );
    expect(box.requests).not.toContain('multipartUpload.getAdditionalPresignedUrls');
  });

  // What a library prints is nobody's log, and breaks one that is read by line.
  it('prints what it does', async () => {
    const { uploads } = await startSmallChunks();
    await uploads.uploadFile(clip);
    expect(printed.join('\n')).toContain('chunk size');
  });
});

/** Lets seconds pass until something is so. */
async function passTime(clock: Clock, condition: () => boolean): Promise<void> {
  await waitFor(async () => {
    if (condition()) return true;
    await clock.advance(1_000);
    return false;
  });
}

async function passTimeUntilEnded(clock: Clock, upload: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  const ended = upload.finally(() => {
    hasEnded = true;
  });
  await passTime(clock, () => hasEnded);
  await ended;
}

/** The files that the SDK has written. */
function copies(): string[] {
  return readdirSync(copiesFolder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

import { createHash } from 'node:crypto';
import { setImmediate as others } from 'node:timers/promises';
import { fractionOf } from '../../../local/twelvelabs/chance.ts';
import type { Outcome } from '../main.ts';
import { type GeneratedObject, generatedObject } from './object.ts';
import { printUpload } from './report.ts';
import { type UploadFacts, uploadLargeObject } from './run.ts';

/** Above what the provider fetches from a URL (4 GiB). */
const FILE_BYTES = 5_000_000_000;
const KILLS = 2;
/** Where the row may be once the provider has all of the file. */
const ARRIVED = ['processing', 'admitted'];

/**
 * 5 GB on their way through the whole pipeline, in chunks, the function that sends them killed twice.
 * The bytes are generated as they are read, for the emulated S3 holds its objects in memory.
 */
export async function runLargeUpload(seed: number): Promise<Outcome> {
  const beganMs = performance.now();
  const object = generatedObject(FILE_BYTES, seed);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const { signal } = interrupted;
    const facts = await uploadLargeObject({ object, seed, killAtBytes: momentsOf(seed), signal });
    const wrong = await wrongChunks(object, facts, signal);
    printUpload(facts, object.sizeBytes, (performance.now() - beganMs) / 1000);
    return { broken: judge(facts, object, wrong) };
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return { broken: ['interrupted before the end'] };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** One kill in each equal part of the file, never so near to another that the first is still felt. */
function momentsOf(seed: number): number[] {
  return Array.from(
    { length: KILLS },
    (_, part) => ((part + 0.1 + 0.8 * fractionOf(seed, 'kill', part)) / KILLS) * FILE_BYTES,
  );
}

/** The chunks of which the provider has no bytes, or others than the file's, by the MD5 that it answered. */
async function wrongChunks(
  object: GeneratedObject,
  { chunkBytes, meter }: UploadFacts,
  signal: AbortSignal,
): Promise<number[]> {
  const wrong: number[] = [];
  for (let index = 1, start = 0; start < object.sizeBytes; index++, start += chunkBytes) {
    signal.throwIfAborted();
    // A signal is heard only in between.
    await others();
    const hash = createHash('md5');
    const end = Math.min(start + chunkBytes, object.sizeBytes);
    for (const piece of object.read(start, end)) hash.update(piece);
    const etags = meter.etags.get(index) ?? new Set();
    if (etags.size !== 1 || !etags.has(hash.digest('hex'))) wrong.push(index);
  }
  return wrong;
}

function judge(facts: UploadFacts, object: GeneratedObject, wrong: readonly number[]): string[] {
  const { video, status, sessions, peakMemoryBytes, memoryBytes, killedAtBytes } = facts;
  const chunks = Math.ceil(object.sizeBytes / facts.chunkBytes);
  const broken: string[] = [];
  if (wrong.length > 0) {
    const some = wrong.slice(0, 10).join(', ');
    broken.push(`${wrong.length} chunks are missing at the provider, or not the file's: ${some} …`);
  }
  if (status?.status !== 'completed' || status.done.size !== chunks) {
    const { status: word = 'not one', done = new Set() } = status ?? {};
    broken.push(`the upload is ${word}, with ${done.size} of ${chunks} chunks confirmed`);
  }
  if (sessions !== 1) broken.push(`${sessions} uploads were begun at the provider instead of 1`);
  if (peakMemoryBytes > memoryBytes) {
    broken.push(`the function took ${peakMemoryBytes} bytes of memory; it has ${memoryBytes}`);
  }
  if (!ARRIVED.includes(video?.state ?? '')) {
    const { message = 'no reason' } = video?.reason ?? {};
    broken.push(`the video is ${video?.state ?? 'not in the table'}: ${message}`);
  }
  if (killedAtBytes.length !== KILLS) {
    broken.push(`the function was killed ${killedAtBytes.length} times instead of ${KILLS}`);
  }
  return broken;
}

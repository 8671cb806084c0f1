import { alignedTable } from '../aligned-table.ts';
import type { UploadFacts } from './run.ts';

/** Prints what the upload took. */
export function printUpload(facts: UploadFacts, fileBytes: number, wallSeconds: number): void {
  const { meter, killedAtBytes } = facts;
  const sendingSeconds = (meter.lastMs - meter.firstMs) / 1000;
  const times = (bytes: number) => `${whole(bytes)} bytes, ${(bytes / fileBytes).toFixed(4)} x`;
  const moments = killedAtBytes.map((bytes) => `${(bytes / 1e9).toFixed(2)} GB`).join(' and ');
  const rows = [
    ['file', `${whole(fileBytes)} bytes`],
    ['read from S3', times(facts.bytesRead)],
    ['sent to the provider', times(meter.bytes)],
    ['chunks of the file', Math.ceil(fileBytes / facts.chunkBytes)],
    ['chunks put', meter.puts],
    ['kills', `${killedAtBytes.length}, after ${moments}`],
    ['invocations', facts.invocations],
    ['peak memory', memoryText(facts)],
    ['sending', `${sendingSeconds.toFixed(1)} s`],
    ['speed', `${(fileBytes / 1e6 / sendingSeconds).toFixed(0)} MB/s`],
    ['wall time', `${wallSeconds.toFixed(1)} s`],
    ['the video', `${facts.video?.state}, ${facts.video?.durationSeconds} s of film`],
  ] as const;
  console.log(alignedTable(rows));
}

function whole(count: number): string {
  return count.toLocaleString('en-US');
}

function memoryText({ peakMemoryBytes, memoryBytes }: UploadFacts): string {
  if (peakMemoryBytes === 0) return 'not known on this system';
  const [peak, most] = [peakMemoryBytes, memoryBytes].map((bytes) => Math.round(bytes / 1024 ** 2));
  return `${peak} MiB of ${most}`;
}

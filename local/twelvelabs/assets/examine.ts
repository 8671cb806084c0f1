import { fileTypeFromFile } from 'file-type';
import type { BoxLimits } from '../settings.ts';
import { type MediaFacts, readMediaFacts } from './media-facts.ts';

/** What the bytes of an upload turned out to be: a medium, or the message of a failed asset. */
export type Findings = { readonly facts: MediaFacts } | { readonly error: string };

/** Examines a file on disk. */
export async function examine(path: string, sizeBytes: number): Promise<Findings> {
  try {
    return {
      facts: (await readImageFacts(path, sizeBytes)) ?? (await readMediaFacts(path, sizeBytes)),
    };
  } catch {
    return { error: 'The file is corrupted or its format is not supported.' };
  }
}

/** Why an image is refused; undefined for what is none, or small enough. */
export function tooLargeImage(findings: Findings, limits: BoxLimits): string | undefined {
  if (!('facts' in findings) || !findings.facts.image) return undefined;
  const { imageUploadBytes: maxBytes } = limits;
  return findings.facts.sizeBytes > maxBytes ? tooLargeMessage(maxBytes) : undefined;
}

/** The message for a file that is over its limit. */
export function tooLargeMessage(maxBytes: number): string {
  return `The file is too large. It must be at most ${maxBytes} bytes.`;
}

async function readImageFacts(path: string, sizeBytes: number): Promise<MediaFacts | undefined> {
  // What it chokes on is for the reader of media to judge.
  const type = await fileTypeFromFile(path).catch(() => undefined);
  if (!type?.mime.startsWith('image/')) return undefined;
  return {
    sizeBytes,
    durationSeconds: 0,
    mimeType: type.mime,
    containerFormat: type.ext,
    videoStreamCount: 0,
    audioStreamCount: 0,
    image: { format: type.ext },
  };
}

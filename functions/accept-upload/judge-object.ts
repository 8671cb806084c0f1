import { fileTypeFromBuffer } from 'file-type';
import type { ObjectFacts } from '../../shared/objects.ts';
import { noProfile, type Profile, profilesFor } from '../../shared/profile.ts';
import type { Reason, Video } from '../../shared/video.ts';

/** How much of an object tells what kind of file it is (file-type's own sample size). */
export const SAMPLE_BYTES = 4_100;

/** Containers of moving pictures that are not filed under video/ or audio/. */
const MEDIA_TYPES = new Set([
  'application/mxf',
  'application/ogg',
  'application/vnd.ms-asf',
  'application/vnd.rn-realmedia',
]);

/** Why an upload is refused by what S3 says of it, without reading it; undefined when it is not. */
export function judgeObject(
  { key }: Pick<Video, 'key'>,
  { sizeBytes }: ObjectFacts,
  profiles: readonly Profile[],
  maxBytes: number,
): Reason | undefined {
  if (sizeBytes === 0) return { code: 'object_empty', message: 'the object has 0 bytes' };
  if (sizeBytes > maxBytes) {
    return {
      code: 'object_too_large',
      message: `size ${sizeBytes} bytes is over the limit of ${maxBytes} bytes`,
    };
  }
  return profilesFor(key, profiles).length === 0 ? noProfile(key) : undefined;
}

/**
 * Why a file can't be a video by its first bytes, whatever its name: it is known to be something
 * else, or plain text. What is not known is not refused: the provider decides.
 */
export async function judgeBytes(start: Uint8Array): Promise<Reason | undefined> {
  const type = await fileTypeFromBuffer(start);
  if (type) {
    const isMedia = /^(video|audio)\//.test(type.mime) || MEDIA_TYPES.has(type.mime);
    return isMedia ? undefined : notVideo(`a file of type ${type.mime}`);
  }
  return isPlainText(start) ? notVideo('plain text') : undefined;
}

function notVideo(found: string): Reason {
  return { code: 'not_a_video', message: `by its first bytes the object is ${found}, not a video` };
}

/** UTF-8 without control characters: no container of video begins so. A cut last character is pardoned. */
function isPlainText(start: Uint8Array): boolean {
  const text = new TextDecoder().decode(start, { stream: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary from text
  return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/.test(text);
}

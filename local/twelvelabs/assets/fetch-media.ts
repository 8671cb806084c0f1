import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { examine, type Findings, tooLargeMessage } from './examine.ts';

/** Fetches a URL to `path` as the provider does, with a plain GET, and examines what came. */
export async function fetchMedia(
  url: string,
  path: string,
  limits: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Findings> {
  try {
    const response = await open(url, limits.signal);
    if (response.statusCode !== 200) {
      response.destroy();
      return { error: `The file could not be accessed. The URL answered ${response.statusCode}.` };
    }
    await pipeline(
      response,
      (chunks: AsyncIterable<Uint8Array>) => upTo(limits.maxBytes, chunks),
      createWriteStream(path),
    );
    return await examine(path, (await stat(path)).size);
  } catch (error) {
    if (error instanceof TooLargeError) return { error: error.message };
    return { error: 'The file could not be accessed. The URL could not be read.' };
  }
}

/** Not `fetch`: that of Node 24 dies when a connection ends before its body is read (nodejs/undici#5360). */
async function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.startsWith('https:') ? getHttps : getHttp;
  const request = get(url, { agent: false, signal });
  // What ends it after it was answered is told by the body of the answer.
  request.on('error', () => {});
  const [response] = await once(request, 'response', { signal });
  return response as IncomingMessage;
}

class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

async function* upTo(maxBytes: number, chunks: AsyncIterable<Uint8Array>) {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new TooLargeError(tooLargeMessage(maxBytes));
    }
    yield chunk;
  }
}

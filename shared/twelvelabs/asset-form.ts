import { randomUUID } from 'node:crypto';

/** What POST /assets is told of one file. */
export interface AssetForm {
  /** 1 to 255 characters, unique: the asset is found again by it when a reply is lost. */
  readonly filename: string;
  readonly userMetadata: Readonly<Record<string, string>>;
  /** Where the provider may fetch the file, or the file itself. */
  readonly source: { readonly url: string } | { readonly stream: AsyncIterable<Uint8Array> };
}

/** A body with the header that says how it is coded. */
export interface EncodedForm {
  readonly body: string | AsyncIterable<Uint8Array>;
  readonly contentType: string;
}

/**
 * The multipart/form-data body of POST /assets, with the two renditions that nobody here looks at
 * switched off. A file in it is streamed, so that it is never whole in memory.
 */
export function encodeAssetForm({ filename, userMetadata, source }: AssetForm): EncodedForm {
  const boundary = `reelbatch-${randomUUID()}`;
  const fields = {
    ...('url' in source ? { method: 'url', url: source.url } : { method: 'direct' }),
    filename,
    enable_hls: 'false',
    enable_thumbnail: 'false',
    user_metadata: JSON.stringify(userMetadata),
  };
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const end = `--${boundary}--\r\n`;
  const fileHead =
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${filename}"\r\n` +
    'content-type: application/octet-stream\r\n\r\n';
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body:
      'url' in source
        ? parts.join('') + end
        : around(parts.join('') + fileHead, source.stream, `\r\n${end}`),
  };
}

async function* around(head: string, stream: AsyncIterable<Uint8Array>, tail: string) {
  yield Buffer.from(head);
  yield* stream;
  yield Buffer.from(tail);
}

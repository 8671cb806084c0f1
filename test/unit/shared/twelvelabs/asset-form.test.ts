import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AssetForm, encodeAssetForm } from '../../../../shared/twelvelabs/asset-form.ts';

const form: AssetForm = {
  filename: 'video-1.mp4',
  userMetadata: { s3_uri: 's3://uploads/a.mp4' },
  source: { url: 'https://uploads.s3.amazonaws.com/a.mp4?X-Amz-Signature=1&x=a%20b' },
};

describe('the form of POST /assets', () => {
  it('asks the provider to fetch a URL, without the renditions that nobody looks at', async () => {
    expect(Object.fromEntries(await parse(form))).toEqual({
      method: 'url',
      url: 'https://uploads.s3.amazonaws.com/a.mp4?X-Amz-Signature=1&x=a%20b',
      filename: 'video-1.mp4',
      enable_hls: 'false',
      enable_thumbnail: 'false',
      user_metadata: '{"s3_uri":"s3://uploads/a.mp4"}',
    });
  });

  it('is one text when there is no file in it, so that its length is known', () => {
    expect(encodeAssetForm(form).body).toBeTypeOf('string');
  });

  it('carries a file to the byte, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), async (pieces) => {
        const fields = await parse({ ...form, source: { stream: streamOf(pieces) } });
        const file = fields.get('file') as File;
        expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.concat(pieces));
        expect(file.name).toBe('video-1.mp4');
        expect(fields.get('method')).toBe('direct');
        expect(fields.has('url')).toBe(false);
      }),
    );
  });

  it('carries whatever the metadata holds, line ends and boundaries included', async () => {
    const anyText = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(anyText, anyText), async (userMetadata) => {
        const fields = await parse({ ...form, userMetadata });
        expect(JSON.parse(String(fields.get('user_metadata')))).toEqual(userMetadata);
        expect([...fields.keys()]).toHaveLength(6);
      }),
    );
  });

  it('names the file in a field of its own: it is found again by it', async () => {
    const fields = await parse({ ...form, source: { stream: streamOf([]) } });
    expect(fields.get('filename')).toBe('video-1.mp4');
  });

  it('has a boundary that nobody can foresee', () => {
    expect(encodeAssetForm(form).contentType).not.toBe(encodeAssetForm(form).contentType);
  });

  it('asks for the next piece of a file only when the one before was taken', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(1);
      }
    }
    const { body } = encodeAssetForm({ ...form, source: { stream: endless() } });
    const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    for (let taken = 0; taken < 3; taken++) await pieces.next();
    expect(asked).toBe(2);
  });
});

async function* streamOf(pieces: readonly Uint8Array[]) {
  yield* pieces;
}

/** As another party reads it. */
async function parse(assetForm: AssetForm): Promise<FormData> {
  const { body, contentType } = encodeAssetForm(assetForm);
  const text = typeof body === 'string' ? body : Buffer.concat(await Array.fromAsync(body));
  return await new Response(text, { headers: { 'content-type': contentType } }).formData();
}

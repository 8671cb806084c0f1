import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerReason, shortHash, videoIdOf } from '../../../shared/video.ts';
import { anUpload } from '../../support/rows.ts';

const anyText = fc.string({ unit: 'binary' });

describe('the id of a video', () => {
  it('is the same for the same upload delivered twice', () => {
    const again = anUpload({
      sequencer: 'later',
      uploadedAt: '2026-12-01T00:00:00Z',
      sizeBytes: 5,
    });
    expect(videoIdOf(again)).toBe(videoIdOf(anUpload()));
  });

  it.each([
    ['bucket', { bucket: 'other' }],
    ['key', { key: 'other.mp4' }],
    ['bytes', { etag: 'etag-2' }],
  ])('is another for another %s', (_, change) => {
    expect(videoIdOf(anUpload(change))).not.toBe(videoIdOf(anUpload()));
  });

  it('is 22 characters of a custom_id, whatever the upload is called', async () => {
    await fc.assert(
      fc.property(anyText, anyText, anyText, (bucket, key, etag) => {
        expect(videoIdOf({ bucket, key, etag })).toMatch(/^[a-zA-Z0-9_-]{22}$/);
      }),
    );
  });

  it('tells apart parts that run together to the same text', async () => {
    await fc.assert(
      fc.property(anyText, fc.string({ minLength: 1 }), anyText, (a, b, c) => {
        expect(shortHash(a + b, c)).not.toBe(shortHash(a, b + c));
      }),
    );
  });

  it('does not change from one release to the next, for rows are found by it', () => {
    expect(shortHash('uploads', 'a.mp4', 'etag')).toBe('iLvzIFMU3of_2HoLFOeyMN');
  });
});

describe('a reason in the words of the provider', () => {
  it('quotes no presigned URL: whoever reads it could read the object', () => {
    const url =
      'https://bucket.s3.amazonaws.com/a%20b.mp4?X-Amz-Signature=abc&X-Amz-Security-Token=d';
    const { message } = providerReason('file_broken', `could not fetch ${url}: is it there? yes`);
    expect(message).toBe(
      'could not fetch https://bucket.s3.amazonaws.com/a%20b.mp4?… is it there? yes',
    );
  });
});

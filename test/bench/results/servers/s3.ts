import type { Body } from './dynamodb.ts';

/** What a request is answered. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly xml?: string;
}

/** A bucket that takes objects, whole or in parts, and never fails. */
export class S3 {
  readonly #uploads = new Map<string, Map<number, Body>>();
  readonly #objects = new Map<string, Body>();

  answer(method: string, url: URL, body: Body): S3Answer {
    const [, bucket = '', ...names] = url.pathname.split('/').map(decodeURIComponent);
    const key = names.join('/');
    const uploadId = url.searchParams.get('uploadId');
    const where = `<Bucket>${bucket}</Bucket><Key>${key}</Key>`;
    switch (true) {
      case method === 'PUT' && uploadId !== null: {
        const part = Number(url.searchParams.get('partNumber'));
        this.#uploads.get(uploadId)?.set(part, body);
        return { status: 200, headers: { etag: `"part-${part}"` } };
      }
      case method === 'PUT':
        this.#objects.set(key, body);
        return { status: 200, headers: { etag: '"whole"' } };
      case method === 'POST' && url.searchParams.has('uploads'): {
        const id = `upload-${this.#uploads.size}`;
        this.#uploads.set(id, new Map());
        return made('InitiateMultipartUploadResult', `${where}<UploadId>${id}</UploadId>`);
      }
      case method === 'POST' && uploadId !== null: {
        const parts = [...(this.#uploads.get(uploadId) ?? [])].toSorted(([a], [b]) => a - b);
        this.#objects.set(
          key,
          parts.flatMap(([, part]) => part),
        );
        return made('CompleteMultipartUploadResult', `${where}<ETag>"whole"</ETag>`);
      }
      case method === 'DELETE':
        return { status: 204 };
      default:
        return { status: 405 };
    }
  }

  /** The objects by key. */
  objects(): Map<string, Buffer> {
    return new Map([...this.#objects].map(([key, body]) => [key, Buffer.concat(body)]));
  }
}

function made(element: string, content: string): S3Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<${element}>${content}</${element}>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, xml };
}

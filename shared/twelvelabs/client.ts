import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { parseOrNothing } from '../decode.ts';
import type { MultipartUpload } from '../video.ts';
import { type AssetForm, encodeAssetForm } from './asset-form.ts';
import { ProviderRefusedError, ProviderSilentError } from './errors.ts';
import { type HttpRequest, readText, sendRequest, streamBody } from './http.ts';
import {
  type Asset,
  asset,
  assetPage,
  batchPage,
  type CreatedBatch,
  chunkReport,
  chunkUrls,
  createdBatch,
  createdMultipartUpload,
  errorBody,
  type ProviderBatch,
  providerBatch,
  uploadStatusPage,
} from './schemas.ts';

/** The most that one page of any list holds (Pagination: `page_limit`). */
export const PAGE_LIMIT = 50;

const CALL_TIMEOUT_MS = 30_000;
/** A direct upload may pause so long while the provider stores it. */
const CREATE_ASSET_TIMEOUT_MS = 60_000;
/** Time for the provider's own deadline of creating a batch (504) to pass first. */
const CREATE_BATCH_TIMEOUT_MS = 120_000;
/** How long a stream of results may pause. */
const RESULTS_IDLE_MS = 60_000;
/** How long the storage behind a chunk's URL may pause. */
const CHUNK_IDLE_MS = 60_000;
/** The longest that the provider is believed to want peace: its longest window is a day. */
const LONGEST_BELIEVED_SECONDS = 24 * 3_600;
/** No answer but results comes near this. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface TwelveLabsConfig {
  /** With the version, as the official SDK's `TWELVELABS_BASE_URL`: `https://api.twelvelabs.io/v1.3`. */
  readonly baseUrl: string;
  readonly apiKey: () => Promise<string>;
  /** Called when the provider will have nothing to do with the key: wrong, unpaid, not for this. */
  readonly onKeyRefused?: () => void;
  readonly now?: () => Date;
}

/** What POST /assets/multipart-uploads is told of one file. */
export interface MultipartUploadForm extends Omit<AssetForm, 'source'> {
  readonly totalBytes: number;
}

/** How far an upload in chunks has come. */
export interface MultipartUploadStatus {
  /** `active`, `completed` (all of it is there), `failed` or `expired`. */
  readonly status: string;
  /** The indexes, from 1, of the chunks that were reported. */
  readonly done: ReadonlySet<number>;
}

/** A chunk on its way. */
export interface ChunkToPut {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A chunk that has arrived, and the proof of it. */
export interface PutChunk {
  readonly index: number;
  readonly etag: string;
  readonly bytes: number;
}

/** `latest`: the last moment at which it may be begun. */
type Request = HttpRequest & { readonly latest?: Date };

export type TwelveLabs = ReturnType<typeof createTwelveLabs>;

/**
 * The endpoints of TwelveLabs API v1.3 that the pipeline uses, one method each. Nothing is ever sent
 * twice: when to try again is decided by a row's due time.
 *
 * Each method throws ProviderRefusedError for a refusal and ProviderSilentError for no usable answer.
 */
export function createTwelveLabs({
  baseUrl,
  apiKey,
  onKeyRefused = () => {},
  now = () => new Date(),
}: TwelveLabsConfig) {
  return {
    /** POST /assets: registers a file by URL, or uploads it as a stream of up to 200 MB. */
    createAsset: async (form: AssetForm): Promise<Asset> => {
      const { body, contentType } = encodeAssetForm(form);
      return await call(asset, 'POST', '/assets', {
        body,
        headers: { 'content-type': contentType },
        timeoutMs: CREATE_ASSET_TIMEOUT_MS,
      });
    },

    /** GET /assets: up to 50 assets by id in one call; those that are gone are left out. */
    listAssets: async (assetIds: readonly string[]): Promise<Asset[]> => {
      const ids = assetIds.map((id): [string, string] => ['asset_ids', id]);
      const query = new URLSearchParams([...ids, ['page_limit', String(PAGE_LIMIT)]]);
      return (await call(assetPage, 'GET', `/assets?${query}`)).data;
    },

    /** GET /assets?filename=: the newest asset of that very name, if there is one that has not failed. */
    findAsset: async (filename: string): Promise<Asset | undefined> => {
      const query = new URLSearchParams({ filename, page_limit: String(PAGE_LIMIT) });
      const { data } = await call(assetPage, 'GET', `/assets?${query}`);
      return data.find((found) => found.filename === filename && found.status !== 'failed');
    },

    /** POST /assets/multipart-uploads: begins an upload of up to 10 GB in chunks. */
    createMultipartUpload: async ({
      filename,
      totalBytes,
      userMetadata,
    }: MultipartUploadForm): Promise<MultipartUpload & { readonly assetId: string }> => {
      const made = await call(createdMultipartUpload, 'POST', '/assets/multipart-uploads', {
        ...json({
          filename,
          type: 'video',
          total_size: totalBytes,
          enable_hls: false,
          enable_thumbnail: false,
          user_metadata: userMetadata,
        }),
      });
      return {
        assetId: made.asset_id,
        uploadId: made.upload_id,
        chunkBytes: made.chunk_size,
        chunkCount: made.total_chunks,
        ...(made.upload_headers && { headers: made.upload_headers }),
      };
    },

    /** GET /assets/multipart-uploads/{upload_id}: its status, and the chunks that are reported. */
    readMultipartUpload: async (uploadId: string): Promise<MultipartUploadStatus> => {
      const done = new Set<number>();
      for (let page = 1; ; page++) {
        const query = new URLSearchParams({ page: String(page), page_limit: String(PAGE_LIMIT) });
        const path = `${uploadPath(uploadId)}?${query}`;
        const { status, uploaded_chunks, page_info } = await call(uploadStatusPage, 'GET', path);
        for (const chunk of uploaded_chunks)
          if (chunk.status === 'completed') done.add(chunk.index);
        if (page >= page_info.total_page) return { status, done };
      }
    },

    /** POST /assets/multipart-uploads/{upload_id}/presigned-urls: by chunk index, where to send it. */
    presignChunks: async (
      uploadId: string,
      start: number,
      count: number,
    ): Promise<Map<number, string>> => {
      const path = `${uploadPath(uploadId)}/presigned-urls`;
      const { upload_urls } = await call(chunkUrls, 'POST', path, json({ start, count }));
      return new Map(upload_urls.map(({ chunk_index, url }) => [chunk_index, url]));
    },

    /** PUT to the presigned URL of a chunk, without our key. @returns its ETag without quotes */
    putChunk: async ({ url, headers, bytes, body }: ChunkToPut): Promise<string> => {
      const response = await sendRequest({
        method: 'PUT',
        url,
        headers: {
          'content-type': 'application/octet-stream',
          ...headers,
          'content-length': String(bytes),
        },
        body,
        timeoutMs: CHUNK_IDLE_MS,
      });
      const { statusCode: status = 0 } = response;
      if (status < 200 || status > 299) throw await refusal(status, response);
      await readText(response, MAX_ANSWER_BYTES);
      const { etag } = response.headers;
      if (!etag) throw new ProviderSilentError('PUT of a chunk: an answer without ETag');
      return etag.replace(/^"(.*)"$/, '$1');
    },

    /**
     * POST /assets/multipart-uploads/{upload_id}: reports chunks that were put; the last report
     * completes the upload.
     */
    reportChunks: async (uploadId: string, chunks: readonly PutChunk[]): Promise<void> => {
      const completed_chunks = chunks.map(({ index, etag, bytes }) => ({
        chunk_index: index,
        proof: etag,
        proof_type: 'etag',
        chunk_size: bytes,
      }));
      await call(chunkReport, 'POST', uploadPath(uploadId), json({ completed_chunks }));
    },

    /**
     * POST /analyze/batches: all of its requests, or none. Not begun after `latest`, whatever kept
     * this function from sending it: by then others may have settled that it was never sent.
     */
    createBatch: async (request: unknown, latest: Date): Promise<CreatedBatch> =>
      await call(createdBatch, 'POST', '/analyze/batches', {
        ...json(request),
        timeoutMs: CREATE_BATCH_TIMEOUT_MS,
        latest,
      }),

    /** GET /analyze/batches: every batch in one of `statuses` (all when empty), newest first. */
    listBatches: async function* (statuses: readonly string[]): AsyncGenerator<ProviderBatch> {
      for (let page = 1, pages = 1; page <= pages; page++) {
        const query = new URLSearchParams(statuses.map((it): [string, string] => ['status', it]));
        query.set('page', String(page));
        query.set('page_limit', String(PAGE_LIMIT));
        const { data, page_info } = await call(batchPage, 'GET', `/analyze/batches?${query}`);
        yield* data;
        pages = page_info.total_page;
      }
    },

    /** GET /analyze/batches/{batch_id} */
    retrieveBatch: async (batchId: string): Promise<ProviderBatch> =>
      await call(providerBatch, 'GET', `/analyze/batches/${encodeURIComponent(batchId)}`),

    /** POST /analyze/batches/{batch_id}/cancel: what has not begun will not; 409 when it is over. */
    cancelBatch: async (batchId: string): Promise<ProviderBatch> =>
      await call(providerBatch, 'POST', `/analyze/batches/${encodeURIComponent(batchId)}/cancel`),

    /**
     * GET /analyze/batches/{batch_id}/results: the bytes of its JSON lines, as they come. It may be
     * read as slowly as one likes: only the provider's own pauses are timed.
     */
    openResults: async (
      batchId: string,
      signal?: AbortSignal,
    ): Promise<AsyncIterable<Uint8Array>> => {
      const path = `/analyze/batches/${encodeURIComponent(batchId)}/results`;
      const response = await send('GET', path, { headers: { 'accept-encoding': 'identity' } });
      return streamBody(response, { idleMs: RESULTS_IDLE_MS, ...(signal && { signal }) });
    },
  };

  async function call<S extends z.ZodType>(
    schema: S,
    method: string,
    path: string,
    request: Partial<Request> = {},
  ): Promise<z.infer<S>> {
    const response = await send(method, path, request);
    const text = await readText(response, MAX_ANSWER_BYTES);
    const answer = schema.safeParse(parseOrNothing(text));
    if (answer.success) return answer.data;
    const where = `${method} ${path.split('?')[0]}`;
    throw new ProviderSilentError(`${where}: unreadable answer (HTTP ${response.statusCode})`);
  }

  async function send(method: string, path: string, { latest, ...request }: Partial<Request>) {
    const headers = { ...request.headers, 'x-api-key': await apiKey() };
    if (latest && now() > latest) {
      const message = `${method} ${path}: not sent after ${latest.toISOString()}`;
      throw new ProviderSilentError(message, { mayHaveArrived: false });
    }
    const url = `${baseUrl}${path}`;
    const response = await sendRequest({
      timeoutMs: CALL_TIMEOUT_MS,
      ...request,
      method,
      url,
      headers,
    });
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status <= 299) return response;
    const refused = await refusal(status, response);
    if (isAboutKey(refused)) onKeyRefused();
    throw refused;
  }
}

function uploadPath(uploadId: string): string {
  return `/assets/multipart-uploads/${encodeURIComponent(uploadId)}`;
}

function json(value: unknown) {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

/** A stranger's asset or batch is refused with 403 too, and says nothing of the key. */
function isAboutKey({ status, providerCode }: ProviderRefusedError): boolean {
  return [401, 402, 403].includes(status) && providerCode !== 'read_not_allowed';
}

async function refusal(status: number, response: IncomingMessage): Promise<ProviderRefusedError> {
  const text = await readText(response, MAX_ANSWER_BYTES).catch(() => '');
  const words = errorBody.safeParse(parseOrNothing(text));
  const { code, message, details } = words.success ? words.data : {};
  const retryAfter = response.headers['retry-after'] ?? '';
  return new ProviderRefusedError(
    status,
    code ?? `http_${status}`,
    message ?? `HTTP ${status} without a message`,
    /^\d{1,6}$/.test(retryAfter)
      ? Math.min(Number(retryAfter), LONGEST_BELIEVED_SECONDS)
      : undefined,
    details == null ? '' : JSON.stringify(details),
  );
}

import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { parseOrNothing } from '../decode.ts';
import { type AssetForm, encodeAssetForm } from './asset-form.ts';
import { ProviderRefusedError, ProviderSilentError } from './errors.ts';
import { type HttpRequest, readText, sendRequest } from './http.ts';
import {
  type Asset,
  asset,
  assetPage,
  batchPage,
  type CreatedBatch,
  createdBatch,
  errorBody,
  type ProviderBatch,
  providerBatch,
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
/** No answer but results comes near this. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface TwelveLabsConfig {
  /** With the version, as the official SDK's `TWELVELABS_BASE_URL`: `https://api.twelvelabs.io/v1.3`. */
  readonly baseUrl: string;
  readonly apiKey: () => Promise<string>;
}

export type TwelveLabs = ReturnType<typeof createTwelveLabs>;

/**
 * The endpoints of TwelveLabs API v1.3 that the pipeline uses, one method each. Nothing is ever sent
 * twice: when to try again is decided by a row's due time.
 *
 * Each method throws ProviderRefusedError for a refusal and ProviderSilentError for no usable answer.
 */
export function createTwelveLabs({ baseUrl, apiKey }: TwelveLabsConfig) {
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

    /** GET /assets?filename=: the asset of that very name, if it was registered. */
    findAsset: async (filename: string): Promise<Asset | undefined> => {
      const query = new URLSearchParams({ filename, page_limit: String(PAGE_LIMIT) });
      const { data } = await call(assetPage, 'GET', `/assets?${query}`);
      return data.find((found) => found.filename === filename);
    },

    /** POST /analyze/batches: all of its requests, or none. */
    createBatch: async (request: unknown): Promise<CreatedBatch> =>
      await call(createdBatch, 'POST', '/analyze/batches', {
        body: JSON.stringify(request),
        headers: { 'content-type': 'application/json' },
        timeoutMs: CREATE_BATCH_TIMEOUT_MS,
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

    /** GET /analyze/batches/{batch_id}/results: the raw bytes of its JSON lines. */
    openResults: async (batchId: string): Promise<AsyncIterable<Uint8Array>> => {
      const path = `/analyze/batches/${encodeURIComponent(batchId)}/results`;
      const response = await send('GET', path, {
        headers: { 'accept-encoding': 'identity' },
        timeoutMs: RESULTS_IDLE_MS,
      });
      return unlessCut(response);
    },
  };

  async function call<S extends z.ZodType>(
    schema: S,
    method: string,
    path: string,
    request: Partial<HttpRequest> = {},
  ): Promise<z.infer<S>> {
    const response = await send(method, path, request);
    const text = await readText(response, MAX_ANSWER_BYTES);
    const answer = schema.safeParse(parseOrNothing(text));
    if (answer.success) return answer.data;
    const where = `${method} ${path.split('?')[0]}`;
    throw new ProviderSilentError(`${where}: unreadable answer (HTTP ${response.statusCode})`);
  }

  async function send(method: string, path: string, request: Partial<HttpRequest>) {
    const response = await sendRequest({
      timeoutMs: CALL_TIMEOUT_MS,
      ...request,
      method,
      url: `${baseUrl}${path}`,
      headers: { ...request.headers, 'x-api-key': await apiKey() },
    });
    const { statusCode: status = 0 } = response;
    if (status < 200 || status > 299) throw await refusal(status, response);
    return response;
  }
}

async function refusal(status: number, response: IncomingMessage): Promise<ProviderRefusedError> {
  const text = await readText(response, MAX_ANSWER_BYTES).catch(() => '');
  const words = errorBody.safeParse(parseOrNothing(text));
  const { code, message } = words.success ? words.data : {};
  const retryAfter = response.headers['retry-after'] ?? '';
  return new ProviderRefusedError(
    status,
    code ?? `http_${status}`,
    message ?? `HTTP ${status} without a message`,
    /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined,
  );
}

/** A stream that ends in an error of the connection ends in one of the provider's. */
async function* unlessCut(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new ProviderSilentError(`the results were cut: ${(cause as Error).message}`, { cause });
  }
}

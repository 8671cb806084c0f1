import * as z from 'zod';

/** The answers of API v1.3 as far as we read them; whatever else they hold is passed over. */

export const asset = z.object({
  _id: z.string(),
  status: z.string(),
  filename: z.string().nullish(),
  duration: z.number().nullish(),
  technical_metadata: z
    .object({
      video_width: z.number().nullish(),
      video_height: z.number().nullish(),
      video_duration_seconds: z.number().nullish(),
    })
    .nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
});
export type Asset = z.infer<typeof asset>;

const pageInfo = z.object({ page: z.int(), total_page: z.int() });

export const assetPage = z.object({ data: z.array(asset), page_info: pageInfo });

export const createdMultipartUpload = z.object({
  upload_id: z.string(),
  asset_id: z.string(),
  upload_headers: z.record(z.string(), z.string()).nullish(),
  chunk_size: z.int().positive(),
  total_chunks: z.int().positive(),
});

export const uploadStatusPage = z.object({
  status: z.string(),
  uploaded_chunks: z
    .array(z.object({ index: z.int(), status: z.string() }))
    .nullish()
    .transform((chunks) => chunks ?? []),
  page_info: pageInfo,
});

export const chunkUrls = z.object({
  upload_urls: z.array(z.object({ chunk_index: z.int(), url: z.string() })),
});

export const chunkReport = z.object({ total_completed: z.int() });

export const createdBatch = z.object({
  batch_id: z.string(),
  expires_at: z.string().nullish(),
});
export type CreatedBatch = z.infer<typeof createdBatch>;

/** What is missing of a count is counted elsewhere too: it must not cost a batch its results. */
const counter = z.int().default(0).catch(0);
const MAX_STATUS = 200;

/** Facts beside an answer are kept short, and left out where they are not what they should be. */
const MAX_FACT = 200;
const fact = z
  .string()
  .transform((it) => it.slice(0, MAX_FACT).toWellFormed())
  .nullish()
  .catch(undefined);

/** How the delivery of a notification went, one entry an endpoint. */
const delivery = z.object({
  url: z.string().catch(''),
  delivered: z.boolean().catch(false),
  attempts: z.int().optional().catch(undefined),
  last_error: fact,
});

export const providerBatch = z.object({
  batch_id: z.string(),
  status: z.string().transform((it) => it.slice(0, MAX_STATUS)),
  analysis_mode: z.string().nullish(),
  total_items: counter,
  created_at: z.string().catch(''),
  expires_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  canceled_at: z.string().nullish(),
  expired_at: z.string().nullish(),
  queued_items: counter,
  processing_items: counter,
  ready_items: counter,
  failed_items: counter,
  canceled_items: counter,
  /** Only after notifications were sent. */
  webhooks: z.array(delivery).nullish().catch(undefined),
});
export type ProviderBatch = z.infer<typeof providerBatch>;

export const batchPage = z.object({ data: z.array(providerBatch), page_info: pageInfo });

const words = {
  code: z.union([z.string(), z.number().transform(String)]).nullish(),
  message: z.string().nullish(),
  details: z.unknown().optional(),
};

const tokens = z.int().nullish().catch(undefined);

/** `data` is text, says the page; of anything else its JSON is kept. */
const answer = z.object({
  data: z
    .unknown()
    .optional()
    .transform((it, context) => {
      if (typeof it === 'string' || it === undefined || it === null) return it;
      try {
        return JSON.stringify(it);
      } catch {
        context.addIssue('nests too deep');
        return z.NEVER;
      }
    }),
  finish_reason: fact,
  usage: z.object({ output_tokens: tokens, input_tokens: tokens }).nullish().catch(undefined),
});

const failure = z.union([
  z.object({
    code: z
      .union([z.string(), z.number().transform(String)])
      .nullish()
      .catch(undefined),
    message: z.string().nullish().catch(undefined),
  }),
  z.string().transform((message) => ({ code: undefined, message })),
]);

/** One line of a batch's results, as far as it can be used. */
export interface ResultLine {
  readonly task_id?: string | null | undefined;
  readonly custom_id?: string | null | undefined;
  readonly status: string;
  readonly data?:
    | ({ readonly data: string } & Omit<z.infer<typeof answer>, 'data'>)
    | null
    | undefined;
  readonly error?: z.infer<typeof failure> | null | undefined;
}

/**
 * One line of a batch's results. `error.code` may be absent, `custom_id` null; `data` is read only on
 * ready, and is absent while there is no answer in it. A ready line is paid: only what the answer
 * itself needs must be there.
 */
export const resultLine = z
  .object({
    task_id: fact,
    custom_id: z.string().nullish(),
    status: z.string().transform((it) => it.slice(0, MAX_FACT)),
    data: z.unknown().optional(),
    error: failure.nullish().catch(undefined),
  })
  .transform(({ data: given, ...line }, context): ResultLine => {
    if (line.status !== 'ready' || given === undefined || given === null) return line;
    const { success, data: read, error } = answer.safeParse(given);
    if (!success) {
      for (const { path, message } of error.issues) {
        context.addIssue({ code: 'custom', path: ['data', ...path], message });
      }
      return z.NEVER;
    }
    const { data, ...facts } = read;
    return typeof data === 'string' ? { ...line, data: { data, ...facts } } : line;
  });
/** Both shapes in which the API words an error: nested under `error`, or flat. */
export const errorBody = z.union([
  z.object({ error: z.object(words) }).transform(({ error }) => error),
  z.object(words),
]);

/** The states of a batch in which it holds one of the account's slots. */
export const activeStatuses = ['pending', 'processing', 'canceling'] as const;
/** The states of a batch in which it can be canceled (Cancel a batch). */
export const cancelableStatuses: ReadonlySet<string> = new Set(['pending', 'processing']);
/** The states of a batch in which it will not change any more. */
export const overStatuses: ReadonlySet<string> = new Set(['completed', 'canceled', 'expired']);

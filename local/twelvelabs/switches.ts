import * as z from 'zod';

const since = z.int().min(0);

/**
 * What the provider's documents leave open, or answer in two ways: one switch each, the likeliest or
 * the newest reading as the default.
 */
export const boxSwitches = z.strictObject({
  expiry: z
    .enum(['cancel-all', 'finish-processing', 'fail-processing'])
    .default('cancel-all')
    .describe(
      'items in process when their batch expires are canceled, go on, or fail with `batch_processing_timeout`; queued ones are canceled; fixed for a batch when it is created',
    ),
  taskEvents: z
    .enum(['none', 'ready-and-failed', 'all'])
    .default('none')
    .describe(
      'which ends of items are announced by `analyze.task.*` events; `all` includes canceled',
    ),
  batchEventData: z
    .enum(['id', 'batch_id', 'batch'])
    .default('id')
    .describe(
      'how the event of a batch names it: `data.id`, `data.batch_id`, or the whole batch object',
    ),
  completedEventType: z
    .enum(['analyze.batch.completed', 'analyze.batch.ready'])
    .default('analyze.batch.completed')
    .describe('the type of the event of a completed batch'),
  webhookResend: z
    .enum(['signed-anew', 'same'])
    .default('signed-anew')
    .describe('whether a later attempt has a signature of its own moment'),
  createdItemsOrder: z
    .enum(['requested', 'reversed'])
    .default('requested')
    .describe('order of `items` in the answer that creates a batch'),
  itemErrorCode: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('`error.code` of a failed item in the results and in its task'),
  resultsOrder: z
    .enum(['ended', 'requested', 'shuffled'])
    .default('ended')
    .describe('order of the lines: as the items end, as they were requested, or any'),
  resultsLastNewline: z
    .boolean()
    .default(false)
    .describe('whether the last line of the results ends in a newline'),
  resultsEncoding: z
    .enum(['identity', 'gzip'])
    .default('identity')
    .describe('`gzip` compresses the results for a client that accepts it'),
  resultsType: z
    .enum(['application/jsonl', 'application/json'])
    .default('application/jsonl')
    .describe('content type of the results'),
  resultsLagMs: since.default(0).describe('the results are as they were this long ago'),
  countersLagMs: since
    .default(0)
    .describe('the counters of a batch are as they were this long ago'),
  listLagMs: since
    .default(0)
    .describe('what was created since is in no list yet; retrieving it by its id works'),
  cancelingIsActive: z
    .boolean()
    .default(true)
    .describe('whether a canceling batch takes one of the slots for active batches'),
  cancelTwice: z
    .enum(['accepted', 'refused'])
    .default('accepted')
    .describe('canceling a canceling batch: 202 and nothing changes, or 409 `batch_canceled`'),
  deleteStatus: z
    .enum(['204', '200'])
    .default('204')
    .describe('status of a deletion; the generated reference prints 200'),
  analyzeErrors: z
    .enum(['nested', 'flat'])
    .default('nested')
    .describe('shape of errors below /analyze: as declared, or as clients saw it'),
  undocumentedCodes: z
    .enum(['telling', 'parameter_invalid'])
    .default('telling')
    .describe(
      '`code` of a refusal whose status alone is documented, such as an asset that is not ready',
    ),
  overLimitStatus: z
    .enum(['400', '413', '422'])
    .default('400')
    .describe('status of a create with too many requests or too much content'),
  unknownAsset: z
    .enum(['404', '403'])
    .default('404')
    .describe(
      'an id that the account does not have: 404, or the 403 `read_not_allowed` of a foreign one',
    ),
  rateLimitBody: z
    .enum(['alternating', 'declared', 'empty'])
    .default('alternating')
    .describe('body of a 429: an error, nothing, or the two in turn'),
  retryAfter: z
    .enum(['seconds', 'date', 'absent'])
    .default('seconds')
    .describe('form of the `Retry-After` header of a 429'),
  batchModels: z
    .enum(['pegasus1.5', 'pegasus1.5 and pegasus1.6'])
    .default('pegasus1.5')
    .describe('models that batches take'),
  fieldDescription: z
    .enum(['required', 'optional'])
    .default('required')
    .describe('`description` of a field of a segment definition'),
  assetIdKey: z.enum(['_id', 'both']).default('_id').describe('`both` adds `id` to an asset'),
  smallUploads: z
    .enum(['asynchronous', 'ready-at-once'])
    .default('asynchronous')
    .describe(
      'whether a direct upload is processed after the answer, or before it as an older page says',
    ),
  technicalMetadata: z
    .enum(['whole', 'absent'])
    .default('whole')
    .describe('`absent` leaves out size, duration and technical metadata, which are all optional'),
  derivedMedia: z
    .enum(['off', 'on'])
    .default('off')
    .describe('default of `enable_hls` and `enable_thumbnail`; the newest page says on'),
  filenameFilter: z
    .enum(['contains', 'exact'])
    .default('contains')
    .describe('how the `filename` of a list request is compared'),
  assetInUse: z
    .enum(['deleted', 'refused'])
    .default('deleted')
    .describe(
      'deleting an asset that a batch still needs: its queued items fail with `asset_unavailable`, or 409 unless forced',
    ),
  multipartCounts: z
    .boolean()
    .default(true)
    .describe('whether the creation of a multipart upload counts as an upload'),
});

/** What the provider's documents leave open, or answer in two ways. */
export type BoxSwitches = z.infer<typeof boxSwitches>;

import * as z from 'zod';
import { invalidParameter, missingParameter, UncodedError } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxSettings } from '../settings.ts';
import type { BoxSwitches } from '../switches.ts';
import { checkFormat, checkItem } from './check-item.ts';
import { mediaSource, responseFormat } from './response-format.ts';

const prompt = z.strictObject({
  input_text: z.string().min(1),
  media_sources: z.array(mediaSource).max(4).nullish(),
});

const itemSettings = z.strictObject({
  prompt: prompt.nullish(),
  response_format: responseFormat.nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  max_tokens: z.union([z.int(), z.literal('unlimited')]).nullish(),
  min_segment_duration: z.number().min(2).nullish(),
  max_segment_duration: z.number().min(2).nullish(),
  start_time: z.number().min(0).nullish(),
  end_time: z.number().positive().nullish(),
});

/** What is asked of one video: its own values over the defaults of the batch. */
export type ItemSettings = z.infer<typeof itemSettings>;

const analysisMode = z.enum(['general', 'time_based_metadata']);

/** What the analysis of every item of a batch yields. */
export type AnalysisMode = z.infer<typeof analysisMode>;

const modelName = z.enum(['pegasus1.5', 'pegasus1.6']);

const batchRequest = z.strictObject({
  model_name: modelName,
  analysis_mode: analysisMode,
  defaults: itemSettings.nullish(),
  requests: z
    .array(
      z.strictObject({
        ...itemSettings.shape,
        video: z.strictObject({
          type: z.literal('asset_id'),
          asset_id: z
            .string()
            .regex(/^[0-9a-fA-F]{24}$/)
            .toLowerCase(),
        }),
        custom_id: z
          .string()
          .regex(/^[a-zA-Z0-9_-]{1,64}$/)
          .nullish(),
      }),
    )
    .min(1),
});

/** What is the same for all items of a batch. */
export interface RequestKind {
  readonly modelName: z.infer<typeof modelName>;
  readonly analysisMode: AnalysisMode;
}

/** One analysis that a valid request asks for. */
export interface RequestedItem {
  readonly assetId: string;
  readonly customId: string | null;
  readonly settings: ItemSettings;
}

/** A valid request, with the defaults merged into every item. */
export interface BatchRequest extends RequestKind {
  readonly items: readonly RequestedItem[];
}

/** Reads the body of POST /analyze/batches; one bad item refuses the whole of it. */
export function readBatchRequest(body: unknown, settings: BoxSettings): BatchRequest {
  if (body === undefined) throw missingParameter('body');
  const parsed = readParameters(batchRequest, body);
  const kind: RequestKind = { modelName: parsed.model_name, analysisMode: parsed.analysis_mode };
  checkModel(kind, settings.switches);
  const { batchRequests } = settings.limits;
  if (parsed.requests.length > batchRequests) {
    throw overLimit(`A batch has at most ${batchRequests} requests.`, settings.switches);
  }
  checkCustomIds(parsed.requests.map((each) => each.custom_id));
  const defaults = given(parsed.defaults ?? {});
  // What a thousand items share is checked once.
  const goodFormats = new Set<unknown>();
  const items = parsed.requests.map(({ video, custom_id: customId, ...own }, index) => {
    const path = `requests[${index}]`;
    const merged = { ...defaults, ...given(own) };
    checkItem(path, kind, merged, settings);
    const { response_format: format } = merged;
    if (format && !goodFormats.has(format)) {
      checkFormat(`${path}.response_format`, format, settings);
      goodFormats.add(format);
    }
    return { assetId: video.asset_id, customId: customId ?? null, settings: merged };
  });
  return { ...kind, items };
}

/** The refusal of a create with too many requests or too much content. */
export function overLimit(reason: string, { overLimitStatus }: BoxSwitches): UncodedError {
  const message = `The requests parameter is invalid. ${reason}`;
  return new UncodedError(Number(overLimitStatus), 'parameter_invalid', message);
}

function checkModel({ modelName: name }: RequestKind, { batchModels }: BoxSwitches): void {
  if (name === 'pegasus1.5' || batchModels !== 'pegasus1.5') return;
  throw invalidParameter('model_name', `It must be ${batchModels}.`);
}

function checkCustomIds(customIds: readonly (string | null | undefined)[]): void {
  const seen = new Set<string>();
  for (const [index, customId] of customIds.entries()) {
    if (customId == null) continue;
    if (seen.has(customId)) {
      throw invalidParameter(`requests[${index}].custom_id`, 'It is not unique in the batch.');
    }
    seen.add(customId);
  }
}

/** The official SDK writes an option that is undefined as null: the same as leaving it out. */
function given(settings: ItemSettings): ItemSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value != null));
}

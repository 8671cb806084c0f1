import * as z from 'zod';
import { type ApiError, invalidParameter, missingParameter } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxLimits } from '../settings.ts';
import { checkItem } from './check-item.ts';
import { mediaSource, responseFormat } from './response-format.ts';

const prompt = z.strictObject({
  input_text: z.string().min(1),
  media_sources: z.array(mediaSource).max(4).nullish(),
});

const itemSettings = z.strictObject({
  prompt: prompt.nullish(),
  response_format: responseFormat.nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  max_tokens: z.int().nullish(),
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

const batchRequest = z.strictObject({
  model_name: z.literal('pegasus1.5'),
  analysis_mode: analysisMode,
  defaults: itemSettings.nullish(),
  requests: z
    .array(
      z.strictObject({
        ...itemSettings.shape,
        video: z.strictObject({
          type: z.literal('asset_id'),
          asset_id: z.string().regex(/^[0-9a-fA-F]{24}$/),
        }),
        custom_id: z
          .string()
          .regex(/^[a-zA-Z0-9_-]{1,64}$/)
          .nullish(),
      }),
    )
    .min(1),
});

/** One analysis that a valid request asks for. */
export interface RequestedItem {
  readonly assetId: string;
  readonly customId: string | null;
  readonly settings: ItemSettings;
}

/** A valid request, with the defaults merged into every item. */
export interface BatchRequest {
  readonly modelName: string;
  readonly analysisMode: AnalysisMode;
  readonly items: readonly RequestedItem[];
}

/** Reads the body of POST /analyze/batches; one bad item refuses the whole of it. */
export function readBatchRequest(body: unknown, limits: BoxLimits): BatchRequest {
  if (body === undefined) throw missingParameter('body');
  const parsed = readParameters(batchRequest, body);
  const { requests, defaults, analysis_mode: mode, model_name: modelName } = parsed;
  if (requests.length > limits.batchRequests) throw tooManyRequests(limits.batchRequests);
  const customIds = new Set<string>();
  const items = requests.map(({ video, custom_id: customId, ...own }, index) => {
    if (customId != null && customIds.has(customId)) {
      throw invalidParameter(`requests[${index}].custom_id`, 'It is not unique in the batch.');
    }
    if (customId != null) customIds.add(customId);
    const settings = { ...given(defaults ?? {}), ...given(own) };
    checkItem(`requests[${index}]`, mode, settings, limits);
    return { assetId: video.asset_id, customId: customId ?? null, settings };
  });
  return { modelName, analysisMode: mode, items };
}

function tooManyRequests(most: number): ApiError {
  return invalidParameter('requests', `A batch has at most ${most} requests.`);
}

/** The official SDK writes an option that is set to undefined as null: the same as leaving it out. */
function given(settings: ItemSettings): ItemSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value != null));
}

import { invalidParameter, missingParameter } from '../http/api-error.ts';
import type { BoxSettings } from '../settings.ts';
import type { ItemSettings, RequestKind } from './batch-request.ts';
import { checkJsonSchema } from './check-json-schema.ts';
import { checkDefinitions, checkSegmentTimes } from './check-segments.ts';
import type { ResponseFormat } from './response-format.ts';

const minTokens = { general: 512, time_based_metadata: 2_048 } as const;

/** Throws the refusal for what an item (defaults merged in) may not ask in a batch of this kind. */
export function checkItem(
  path: string,
  kind: RequestKind,
  settings: ItemSettings,
  { limits }: Pick<BoxSettings, 'limits'>,
): void {
  checkMode(path, kind, settings);
  checkTokens(`${path}.max_tokens`, kind, settings.max_tokens, limits.maxTokens);
  const { start_time: start, end_time: end } = settings;
  if (start != null && end != null && start >= end) {
    throw invalidParameter(`${path}.start_time`, 'It must be less than end_time.');
  }
  if (kind.analysisMode === 'time_based_metadata') checkSegmentTimes(path, settings);
}

/** Throws the refusal for a `response_format` that the provider doesn't take. */
export function checkFormat(path: string, format: ResponseFormat, settings: BoxSettings): void {
  const { json_schema: schema, segment_definitions: definitions } = format;
  if (schema) checkJsonSchema(`${path}.json_schema`, schema);
  if (definitions) checkDefinitions(`${path}.segment_definitions`, definitions, settings);
}

function checkMode(path: string, { analysisMode }: RequestKind, settings: ItemSettings): void {
  const { prompt, response_format: format } = settings;
  if (analysisMode === 'general') {
    if (!prompt) throw missingParameter(`${path}.prompt`);
    if (format?.type === 'segment_definitions') {
      throw invalidParameter(
        `${path}.response_format.type`,
        'segment_definitions requires analysis_mode time_based_metadata.',
      );
    }
    return;
  }
  if (prompt) {
    throw invalidParameter(`${path}.prompt`, 'It is not supported with time_based_metadata.');
  }
  if (!format) throw missingParameter(`${path}.response_format`);
  if (format.type !== 'segment_definitions') {
    throw invalidParameter(
      `${path}.response_format.type`,
      'time_based_metadata requires segment_definitions.',
    );
  }
}

function checkTokens(
  path: string,
  { modelName, analysisMode }: RequestKind,
  tokens: ItemSettings['max_tokens'],
  most: number,
): void {
  if (tokens == null) return;
  if (tokens === 'unlimited') {
    if (modelName === 'pegasus1.6' && analysisMode === 'time_based_metadata') return;
    const message = 'unlimited is for pegasus1.6 with time_based_metadata only.';
    throw invalidParameter(path, message);
  }
  const least = minTokens[analysisMode];
  if (tokens >= least && tokens <= most) return;
  throw invalidParameter(path, `It must be from ${least} to ${most} in this mode.`);
}

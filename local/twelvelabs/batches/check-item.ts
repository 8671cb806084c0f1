import { invalidParameter, missingParameter } from '../http/api-error.ts';
import type { BoxLimits } from '../settings.ts';
import type { AnalysisMode, ItemSettings } from './batch-request.ts';
import { checkJsonSchema } from './check-json-schema.ts';

const tokenRanges = {
  general: { min: 512, max: 98_304 },
  time_based_metadata: { min: 2_048, max: 98_304 },
} as const;

/** Throws the refusal for what an item (defaults merged in) may not ask in this mode. */
export function checkItem(
  path: string,
  mode: AnalysisMode,
  settings: ItemSettings,
  limits: BoxLimits,
): void {
  checkMode(path, mode, settings);
  const tokens = settings.max_tokens;
  const { min, max } = tokenRanges[mode];
  if (tokens != null && (tokens < min || tokens > max)) {
    throw invalidParameter(`${path}.max_tokens`, `It must be from ${min} to ${max} in this mode.`);
  }
  if (settings.start_time != null && settings.end_time != null) {
    if (settings.start_time >= settings.end_time) {
      throw invalidParameter(`${path}.start_time`, 'It must be less than end_time.');
    }
  }
  const { response_format: format } = settings;
  if (format?.json_schema)
    checkJsonSchema(`${path}.response_format.json_schema`, format.json_schema);
  if (mode === 'time_based_metadata') checkSegments(path, settings, limits);
}

function checkMode(path: string, mode: AnalysisMode, settings: ItemSettings): void {
  const { prompt, response_format: format } = settings;
  if (mode === 'general') {
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

function checkSegments(path: string, settings: ItemSettings, limits: BoxLimits): void {
  const {
    min_segment_duration: min,
    max_segment_duration: max,
    start_time: start,
    end_time: end,
  } = settings;
  const definitions = settings.response_format?.segment_definitions ?? [];
  const name = `${path}.response_format.segment_definitions`;
  if (definitions.length > limits.segmentDefinitions) {
    throw invalidParameter(name, `There are at most ${limits.segmentDefinitions}.`);
  }
  if (min != null && max != null && max < min) {
    throw invalidParameter(
      `${path}.max_segment_duration`,
      'It must be greater than or equal to min_segment_duration.',
    );
  }
  if (!definitions.some((definition) => definition.time_ranges)) return;
  if (start != null || end != null) {
    throw invalidParameter(`${name}.time_ranges`, 'It excludes start_time and end_time.');
  }
  if (min != null || max != null) {
    throw invalidParameter(`${name}.time_ranges`, 'It excludes the segment durations.');
  }
}

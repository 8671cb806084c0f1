import { invalidParameter, missingParameter } from '../http/api-error.ts';
import type { BoxSettings } from '../settings.ts';
import type { ItemSettings } from './batch-request.ts';
import type { SegmentDefinition, SegmentField } from './response-format.ts';

/** Throws the refusal for durations and ranges of segments that contradict each other. */
export function checkSegmentTimes(path: string, settings: ItemSettings): void {
  const { min_segment_duration: min, max_segment_duration: max } = settings;
  if (min != null && max != null && max < min) {
    throw invalidParameter(
      `${path}.max_segment_duration`,
      'It must be greater than or equal to min_segment_duration.',
    );
  }
  const definitions = settings.response_format?.segment_definitions ?? [];
  if (!definitions.some((definition) => definition.time_ranges)) return;
  const name = `${path}.response_format.segment_definitions.time_ranges`;
  if (settings.start_time != null || settings.end_time != null) {
    throw invalidParameter(name, 'It excludes start_time and end_time.');
  }
  if (min != null || max != null) {
    throw invalidParameter(name, 'It excludes the segment durations.');
  }
}

/** Throws the refusal for more definitions, fields or choices than the limits allow. */
export function checkDefinitions(
  path: string,
  definitions: readonly SegmentDefinition[],
  settings: BoxSettings,
): void {
  const { segmentDefinitions, segmentFields } = settings.limits;
  if (definitions.length > segmentDefinitions) {
    throw invalidParameter(path, `There are at most ${segmentDefinitions}.`);
  }
  for (const [index, { fields }] of definitions.entries()) {
    const name = `${path}[${index}].fields`;
    if (fields && fields.length > segmentFields) {
      throw invalidParameter(name, `There are at most ${segmentFields}.`);
    }
    fields?.forEach((field, place) => {
      checkField(`${name}[${place}]`, field, settings);
    });
  }
}

function checkField(
  path: string,
  field: SegmentField,
  { limits, switches }: Pick<BoxSettings, 'limits' | 'switches'>,
): void {
  if (switches.fieldDescription === 'required' && field.description == null) {
    throw missingParameter(`${path}.description`);
  }
  if (field.enum && field.enum.length > limits.enumValues) {
    throw invalidParameter(`${path}.enum`, `There are at most ${limits.enumValues} values.`);
  }
}

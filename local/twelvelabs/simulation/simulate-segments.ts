import type { ItemSettings } from '../batches/batch-request.ts';
import type { AnalysisWindow } from '../batches/judge-item.ts';
import type { SegmentDefinition, SegmentField } from '../batches/response-format.ts';
import { fractionOf, pickOf } from '../chance.ts';
import { FREE_TEXT } from './pad-result.ts';
import { writeTime } from './simulate-time.ts';

/** Enough to look like work; a model finds what matches, it doesn't have to fill the video. */
const MAX_SEGMENTS = 12;

const SHORTEST_SECONDS = 2;

/** Segments for every definition, by its id, within the window and the durations asked for. */
export function simulateSegments(
  taskId: string,
  window: AnalysisWindow,
  settings: ItemSettings,
): Record<string, object[]> {
  const format = settings.response_format;
  const timeFormat = format?.segment_time_format ?? 'seconds';
  return Object.fromEntries(
    (format?.segment_definitions ?? []).map((definition) => [
      definition.id,
      windowsOf(definition, window)
        .flatMap((part) => cutWindow(`${taskId} ${definition.id}`, part, settings))
        .map((segment, index) => ({
          start_time: writeTime(segment.start, timeFormat),
          end_time: writeTime(segment.end, timeFormat),
          metadata: fieldsOf(`${taskId} ${definition.id} ${index}`, definition, segment),
        })),
    ]),
  );
}

function windowsOf(definition: SegmentDefinition, window: AnalysisWindow): AnalysisWindow[] {
  if (!definition.time_ranges) return [window];
  return definition.time_ranges
    .map((range) => ({ start: range.start_time, end: Math.min(range.end_time, window.end) }))
    .filter((range) => range.end - range.start >= SHORTEST_SECONDS);
}

function cutWindow(seed: string, window: AnalysisWindow, settings: ItemSettings): AnalysisWindow[] {
  const shortest = settings.min_segment_duration ?? SHORTEST_SECONDS;
  const longest = settings.max_segment_duration ?? Math.max(shortest, 60);
  const segments: AnalysisWindow[] = [];
  let start = window.start;
  while (window.end - start >= shortest && segments.length < MAX_SEGMENTS) {
    const fraction = fractionOf(seed, segments.length);
    const length = Math.round((shortest + (longest - shortest) * fraction) * 10) / 10;
    const end = Math.min(window.end, start + Math.min(longest, Math.max(shortest, length)));
    segments.push({ start, end });
    start = end;
  }
  return segments;
}

function fieldsOf(seed: string, definition: SegmentDefinition, segment: AnalysisWindow): object {
  return Object.fromEntries(
    (definition.fields ?? []).map((field) => [
      field.name,
      fieldValue(`${seed} ${field.name}`, field, segment),
    ]),
  );
}

function fieldValue(seed: string, field: SegmentField, segment: AnalysisWindow): unknown {
  switch (field.type) {
    case 'timestamp':
      return writeTime((segment.start + segment.end) / 2, field.format ?? 'seconds');
    case 'array':
      return [
        scalarValue(`${seed} 0`, field.items?.type ?? 'string', field),
        scalarValue(`${seed} 1`, field.items?.type ?? 'string', field),
      ];
    default:
      return scalarValue(seed, field.type, field);
  }
}

function scalarValue(
  seed: string,
  type: 'string' | 'number' | 'boolean' | 'integer',
  field: SegmentField,
): unknown {
  if (type === 'boolean') return fractionOf(seed) < 0.5;
  if (type === 'integer') return Math.floor(fractionOf(seed) * 10);
  if (type === 'number') return Math.round(fractionOf(seed) * 1000) / 100;
  return field.enum ? pickOf(field.enum, seed) : `${FREE_TEXT}${field.name.replaceAll('_', ' ')}`;
}

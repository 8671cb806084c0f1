import * as z from 'zod';

/** How a point in time is written. */
export const timeFormat = z.enum(['seconds', 'hh:mm:ss', 'hh:mm:ss.fff']);

/** How a point in time is written. */
export type TimeFormat = z.infer<typeof timeFormat>;

/** The page says 30 MB of a string in base64: the box takes it of the string, not of its bytes. */
const MAX_IMAGE_CHARACTERS = 30 * 1024 ** 2;

const assetIdPattern = /^[0-9a-fA-F]{24}$/;
const reservedNames = ['start_time', 'end_time', 'metadata'];

/** A reference image: exactly one of a URL, an asset, or the bytes. */
export const mediaSource = z
  .strictObject({
    name: z.string().min(1),
    media_type: z.literal('image'),
    url: z.url({ protocol: /^https$/ }).nullish(),
    asset_id: z.string().regex(assetIdPattern).nullish(),
    base64_string: z.string().min(1).max(MAX_IMAGE_CHARACTERS, 'It is longer than 30 MB').nullish(),
  })
  .refine(
    (source) => [source.url, source.asset_id, source.base64_string].filter(Boolean).length === 1,
    'Provide exactly one of url, asset_id, or base64_string',
  );

/** A reference image: exactly one of a URL, an asset, or the bytes. */
export type MediaSource = z.infer<typeof mediaSource>;

const segmentField = z
  .strictObject({
    name: z.string().min(1),
    type: z.enum(['string', 'boolean', 'number', 'integer', 'array', 'timestamp']),
    description: z.string().nullish(),
    format: timeFormat.nullish(),
    enum: z.array(z.string()).min(1).nullish(),
    items: z.strictObject({ type: z.enum(['string', 'number', 'boolean', 'integer']) }).nullish(),
  })
  .superRefine((field, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const isTimestamp = field.type === 'timestamp';
    if (isTimestamp && !field.format) {
      refuse(
        'format',
        'format is required for timestamp type; allowed values: seconds, hh:mm:ss, hh:mm:ss.fff',
      );
    }
    if (!isTimestamp && field.format) refuse('format', 'format is for timestamp type only');
    if (isTimestamp && field.enum) refuse('enum', 'enum is not supported for timestamp type');
    if (isTimestamp && field.items) refuse('items', 'items is not supported for timestamp type');
    if (isTimestamp && reservedNames.includes(field.name)) refuse('name', 'the name is reserved');
    if (field.type === 'array' && !field.items) refuse('items', 'items is required for array type');
  });

const timeRange = z
  .strictObject({ start_time: z.number().min(0), end_time: z.number() })
  .refine((range) => range.end_time - range.start_time >= 2, 'a range is at least 2 seconds long');

const segmentDefinition = z.strictObject({
  id: z.string().min(1),
  description: z.string().min(1),
  fields: z.array(segmentField).nullish(),
  media_sources: z.array(mediaSource).max(4).nullish(),
  time_ranges: z
    .array(timeRange)
    .min(1)
    .refine((ranges) => {
      const sorted = ranges.toSorted((a, b) => a.start_time - b.start_time);
      return sorted.every((range, i) => range.start_time >= (sorted[i - 1]?.end_time ?? 0));
    }, 'ranges must not overlap')
    .nullish(),
});

/** One kind of segment to look for. */
export type SegmentDefinition = z.infer<typeof segmentDefinition>;

/** One field of a segment's metadata. */
export type SegmentField = z.infer<typeof segmentField>;

/** `response_format` of a batch: a JSON schema, or the segments to look for. */
export const responseFormat = z
  .strictObject({
    type: z.enum(['json_schema', 'segment_definitions']),
    json_schema: z.record(z.string(), z.unknown()).nullish(),
    segment_definitions: z.array(segmentDefinition).min(1).nullish(),
    segment_time_format: timeFormat.nullish(),
  })
  .superRefine((format, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (!format[format.type]) refuse(format.type, `${format.type} is required for this type`);
    if (format.type !== 'segment_definitions' && format.segment_time_format) {
      refuse('segment_time_format', 'only with type segment_definitions');
    }
    const ids = format.segment_definitions?.map((definition) => definition.id) ?? [];
    if (new Set(ids).size < ids.length) refuse('segment_definitions', 'ids must be unique');
  });

/** `response_format` of a batch: a JSON schema, or the segments to look for. */
export type ResponseFormat = z.infer<typeof responseFormat>;

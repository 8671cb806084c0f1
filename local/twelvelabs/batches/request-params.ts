import type { AnalysisMode, ItemSettings } from './batch-request.ts';
import type { MediaSource, ResponseFormat, SegmentDefinition } from './response-format.ts';

/** So many characters of a prompt are shown in a list. */
const SHORT_PROMPT_CHARACTERS = 30;

/** What was asked for, as a task shows it: whole, or as the list shortens it. */
export function requestParams(
  mode: AnalysisMode,
  { prompt, response_format: format, ...numbers }: ItemSettings,
  form: 'whole' | 'short',
): object {
  return {
    analysis_mode: mode,
    ...(prompt && {
      prompt_v2: {
        input_text: form === 'whole' ? prompt.input_text : beginningOf(prompt.input_text),
        ...images(prompt.media_sources),
      },
    }),
    ...(format && { response_format: formatBody(format, form) }),
    ...numbers,
  };
}

function beginningOf(text: string): string {
  return [...text.slice(0, 2 * SHORT_PROMPT_CHARACTERS)].slice(0, SHORT_PROMPT_CHARACTERS).join('');
}

function formatBody(format: ResponseFormat, form: 'whole' | 'short'): object {
  const { type, json_schema, segment_definitions: definitions } = format;
  const shown = form === 'whole' ? definitions : definitions?.slice(0, 1);
  return {
    type,
    ...(json_schema && form === 'whole' && { json_schema }),
    ...(shown && { segment_definitions: shown.map(definitionBody) }),
  };
}

function definitionBody({ id, description, ...rest }: SegmentDefinition): object {
  return {
    id,
    description,
    ...(rest.fields && {
      fields: rest.fields.map(({ name, type, ...field }) => ({
        name,
        type,
        ...(field.description != null && { description: field.description }),
        ...(field.enum && { enum: field.enum }),
        ...(field.items && { items: field.items }),
      })),
    }),
    ...images(rest.media_sources),
    ...(rest.time_ranges && { time_ranges: rest.time_ranges }),
  };
}

/** Images that were sent as bytes are shown by their names only. */
function images(sources: readonly MediaSource[] | null | undefined): object {
  if (!sources) return {};
  const shown = sources.map(({ name, media_type, url, asset_id }) => ({
    name,
    media_type,
    ...(url != null && { url }),
    ...(asset_id != null && { asset_id }),
  }));
  return { media_sources: shown };
}

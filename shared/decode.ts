import type * as z from 'zod';
import { PipelineError } from './errors.ts';

/** Thrown for text from outside that is not JSON, or not of the shape agreed; names the field, not the content. */
export class MalformedMessageError extends PipelineError {
  override readonly name = 'MalformedMessageError';
  readonly code = 'malformed_message';
  readonly retryable = false;
}

/**
 * The value that JSON `text` holds, checked against `schema`.
 * @throws MalformedMessageError that names what is wrong and where
 */
export function decode<S extends z.ZodType>(schema: S, text: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without the cause, for its message quotes the text.
    throw new MalformedMessageError('not JSON');
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new MalformedMessageError(describeIssues(result.error));
  return result.data;
}

/** The value that JSON `text` holds; undefined when it is none. */
export function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One sentence on what a schema found wrong: `path: rule; path: rule`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`)
    .join('; ');
}

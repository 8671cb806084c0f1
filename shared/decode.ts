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
  let result: z.ZodSafeParseResult<z.infer<S>>;
  try {
    result = schema.safeParse(value);
  } catch (error) {
    // Deeper, or with more wrong in it, than the stack takes.
    throw new MalformedMessageError(error instanceof Error ? error.message : 'not to be checked');
  }
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

/** So much is said of what is wrong: a value from outside may be wrong a thousand times over. */
const ISSUES_TOLD = 20;
const MAX_TOLD = 1_000;

/** One sentence on what a schema found wrong: `path: rule; path: rule`. */
export function describeIssues({ issues }: z.ZodError): string {
  const told = issues
    .slice(0, ISSUES_TOLD)
    .map(({ path, message }) => `${path.join('.') || 'top level'}: ${message}`)
    .join('; ');
  const more = issues.length > ISSUES_TOLD ? `; and ${issues.length - ISSUES_TOLD} more` : '';
  return `${told.slice(0, MAX_TOLD)}${more}`;
}

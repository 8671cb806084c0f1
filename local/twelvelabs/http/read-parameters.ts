import type * as z from 'zod';
import { ApiError, invalidParameter, missingParameter } from './api-error.ts';

/** Reads a query, form or body, or throws the refusal for the first rule that it breaks. */
export function readParameters<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw invalidParameter('body', 'It does not have the expected shape.');
  if (issue.code === 'unrecognized_keys') {
    const name = parameterName([...issue.path, ...issue.keys.slice(0, 1)]);
    throw new ApiError(400, 'parameter_unknown', `The ${name} parameter is unknown.`);
  }
  const name = parameterName(issue.path);
  const isMissing = issue.code !== 'custom' && issue.input === undefined;
  throw isMissing ? missingParameter(name) : invalidParameter(name, `${issue.message}.`);
}

/** The name of a parameter as the provider writes it: `requests[3].video.asset_id`. */
function parameterName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>((before, key) => {
    if (typeof key === 'number') return `${before}[${key}]`;
    return before === '' ? String(key) : `${before}.${String(key)}`;
  }, '');
  return name === '' ? 'body' : name;
}

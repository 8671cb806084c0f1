import * as z from 'zod';
import { describeIssues, parseOrNothing } from './decode.ts';
import { PipelineError } from './errors.ts';

/** Thrown at cold start when the function was deployed with a wrong or missing variable; names variables, never values. */
export class EnvironmentError extends PipelineError {
  override readonly name = 'EnvironmentError';
  readonly code = 'environment_invalid';
  readonly retryable = false;
}

/** The function's environment variables, checked once at cold start. */
export function loadEnv<S extends z.ZodRawShape>(shape: S): z.infer<z.ZodObject<S>> {
  const result = z.object(shape).safeParse(process.env);
  if (!result.success) throw new EnvironmentError(describeIssues(result.error));
  return result.data;
}

/** A variable that holds JSON of the given shape. */
export function jsonVariable<S extends z.ZodType>(schema: S) {
  return z.string().transform(parseOrNothing).pipe(schema);
}

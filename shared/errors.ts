/** Base of the errors that the pipeline itself tells apart. */
export abstract class PipelineError extends Error {
  /** Stable, snake_case: what logs and alarms look for. */
  abstract readonly code: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  abstract readonly retryable: boolean;
}

/** The message of anything thrown, for a log line or a row. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

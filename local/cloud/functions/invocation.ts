/** Why an invocation failed, as Lambda tells a caller. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

/** How an invocation ended. */
export type InvocationOutcome =
  | { readonly ok: true; readonly requestId: string; readonly payload: unknown }
  | { readonly ok: false; readonly requestId: string; readonly error: FunctionError };

/** A line that a function wrote, or that the host says of it (`platform`). */
export interface FunctionLogLine {
  readonly functionLogicalId: string;
  readonly functionName: string;
  readonly stream: 'stdout' | 'stderr' | 'platform';
  readonly text: string;
}

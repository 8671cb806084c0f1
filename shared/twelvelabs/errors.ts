import { PipelineError } from '../errors.ts';
import { providerReason, type Reason } from '../video.ts';

/** The provider understood and refused: its status, code and words. */
export class ProviderRefusedError extends PipelineError {
  override readonly name = 'ProviderRefusedError';
  readonly code = 'provider_refused';
  readonly status: number;
  /** The provider's own code, or `http_<status>` where it gave none. */
  readonly providerCode: string;
  readonly retryAfterSeconds: number | undefined;
  /** What else it said of the error, as JSON; empty when it said nothing else. */
  readonly details: string;

  constructor(
    status: number,
    providerCode: string,
    words: string,
    retryAfterSeconds?: number,
    details = '',
  ) {
    super(words);
    this.status = status;
    this.providerCode = providerCode;
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = details;
  }

  /** Whether something else than what was asked for stands in the way: the key, the plan, the address. */
  get retryable(): boolean {
    return ![400, 409, 413, 415, 422].includes(this.status);
  }
}

/**
 * No answer that can be relied upon: no connection, a time-out, a cut or unreadable body. What was
 * asked for may have been done all the same.
 */
export class ProviderSilentError extends PipelineError {
  override readonly name = 'ProviderSilentError';
  readonly code = 'provider_silent';
  readonly retryable = true;
  /** False when the request can't have arrived whole: then nothing of it was done. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, options: ErrorOptions & { readonly mayHaveArrived?: boolean } = {}) {
    super(message, options);
    this.mayHaveArrived = options.mayHaveArrived ?? true;
  }
}

export type ProviderError = ProviderRefusedError | ProviderSilentError;

/** Whether the fault lies between us and the provider, rather than in ourselves. */
export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof ProviderRefusedError || error instanceof ProviderSilentError;
}

/** What a row says of an error of the provider's: its code and words. */
export function reasonOf(error: ProviderError): Reason {
  const code = error instanceof ProviderRefusedError ? error.providerCode : error.code;
  return providerReason(code, error.message);
}

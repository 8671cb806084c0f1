/** A refusal as the provider words it: HTTP status, code of its catalog, message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** 400: a parameter has a value that is not allowed. */
export function invalidParameter(parameter: string, reason: string): ApiError {
  return new ApiError(400, 'parameter_invalid', `The ${parameter} parameter is invalid. ${reason}`);
}

/** 400: a parameter is missing. */
export function missingParameter(parameter: string): ApiError {
  return new ApiError(
    400,
    'parameter_not_provided',
    `The ${parameter} parameter is required but was not provided.`,
  );
}

/** 404: no such asset, batch or task (any more). */
export function noSuchResource(resource: string, id: string): ApiError {
  return new ApiError(404, 'resource_not_exist', `The ${resource} with ID ${id} does not exist.`);
}

/** The body of a refusal: nested below /analyze, flat everywhere else. */
export function errorBody(path: string, code: string, message: string): object {
  const body = { code, message };
  return path.startsWith('/v1.3/analyze/') ? { error: body } : body;
}

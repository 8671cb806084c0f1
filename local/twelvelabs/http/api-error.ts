import type { BoxSwitches } from '../switches.ts';

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

/** A refusal whose status is documented and whose code is not: what `code` is, is a switch. */
export class UncodedError extends ApiError {}

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

/** An asset that the account does not have: which status says so, is a switch. */
export function noSuchAsset(id: string, switches: BoxSwitches): ApiError {
  if (switches.unknownAsset === '404') return noSuchResource('asset', id);
  const message = `The caller is not authorized to read entity ${id}.`;
  return new ApiError(403, 'read_not_allowed', message);
}

/** The shape in which an error is written. */
export type ErrorShape = 'flat' | 'nested';

/** The newest operation below /analyze is declared with the other shape. */
const flatPath = /^\/v1\.3\/analyze\/tasks\/[^/?]+\/cancel(\?|$)/;

/** The shape that is declared for a path: nested below /analyze (unless switched), flat everywhere else. */
export function declaredShape(path: string, switches: BoxSwitches): ErrorShape {
  const isNested = path.startsWith('/v1.3/analyze/') && !flatPath.test(path);
  return isNested ? switches.analyzeErrors : 'flat';
}

/** The body of a refusal. */
export function errorBody(shape: ErrorShape, code: string, message: string): object {
  const body = { code, message };
  return shape === 'nested' ? { error: body } : body;
}

/** A request that Secrets Manager does not carry out, with the code that it gives. */
export class SecretsRefusal extends Error {
  override readonly name = 'SecretsRefusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is asked for is not there. */
export function notFound(what: string): SecretsRefusal {
  return new SecretsRefusal('ResourceNotFoundException', `Secrets Manager can't find the ${what}`);
}

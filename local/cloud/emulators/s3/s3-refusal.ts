/** A request that S3, or this emulation of it, does not carry out; knows its own wire form. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }

  toXml(): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${this.code}</Code><Message>${escapeXml(this.message)}</Message><RequestId>local</RequestId></Error>`;
  }
}

/** 501, as S3 answers what it has not got: better than pretending. */
export function notImplemented(what: string): S3Refusal {
  return new S3Refusal(501, 'NotImplemented', `the local S3 does not implement ${what}`);
}

function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

import { CREDENTIALS, REGION } from '../cloud-region.ts';

/** What signs the cloud's own requests to itself. */
export const OWN_SIGNATURE = `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/19700101/${REGION}/local/aws4_request`;

/** Real ids of temporary credentials begin with ASIA, too, but have no lower case. */
const OF_A_FUNCTION = 'ASIALOCAL';

/** The access key id of a function's role: each function has one of its own, as on Lambda. */
export function accessKeyOf(functionLogicalId: string): string {
  return `${OF_A_FUNCTION}${functionLogicalId}`;
}

/** Whether a key is of some function's role; all others are of whoever runs the local cloud. */
export function isKeyOfFunction(accessKeyId: string): boolean {
  return accessKeyId.startsWith(OF_A_FUNCTION);
}

/**
 * The access key id that a request is signed with, in its `Authorization` header (Signature Version 4)
 * or in a presigned URL; undefined for one that is not signed. The signature itself is not checked.
 */
export function accessKeyIn(
  authorization: string | undefined,
  query?: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const scope = /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
  return scope ?? /^([^/]+)\//.exec(query?.['X-Amz-Credential'] ?? '')?.[1];
}

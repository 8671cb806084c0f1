/** The account and region that the local cloud plays: what the pseudo parameters say. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** Credentials that are not secret: any would do, since no signature is checked. */
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

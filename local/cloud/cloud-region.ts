/** The account and region that the local cloud plays: what the pseudo parameters say. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/**
 * The administrator's credentials. They are not secret: any others but those of functions would do
 * as well, since no signature is checked.
 */
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** What comes with the temporary credentials of a function's role; nobody reads it. */
export const SESSION_TOKEN = 'local';

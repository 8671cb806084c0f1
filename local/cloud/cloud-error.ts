/** Why the local cloud can't start or go on: sentences for the person at the terminal. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
}

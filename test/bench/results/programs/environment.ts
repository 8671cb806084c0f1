/** What a measured program is told, in its environment. */
export const environment = {
  providerBatchId: variable('PROVIDER_BATCH_ID'),
  baseUrl: variable('TWELVELABS_BASE_URL'),
  awsUrl: variable('AWS_ENDPOINT_URL'),
};

/** Anything that is not empty. */
export const API_KEY = 'tlk_bench';
/** Any name: the stand-in for DynamoDB has one table. */
export const TABLE = 'reelbatch';
/** Any name. */
export const BUCKET = 'archive';

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new TypeError(`${name} is not set`);
  return value;
}

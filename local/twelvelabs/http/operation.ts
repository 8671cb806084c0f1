/** The operations of the API, as the official SDK names their methods. */
export const operations = [
  'assets.create',
  'assets.list',
  'assets.retrieve',
  'assets.delete',
  'assets.updateUserMetadata',
  'assets.replaceUserMetadata',
  'assets.deleteUserMetadata',
  'multipartUpload.create',
  'multipartUpload.listIncompleteUploads',
  'multipartUpload.getStatus',
  'multipartUpload.reportChunkBatch',
  'multipartUpload.getAdditionalPresignedUrls',
  'multipartUpload.putChunk',
  'batches.create',
  'batches.list',
  'batches.retrieve',
  'batches.results',
  'batches.cancel',
  'batches.delete',
  'tasks.list',
  'tasks.retrieve',
  'tasks.cancel',
  'tasks.delete',
] as const;

/** One operation of the API; `putChunk` is the upload to a presigned URL, which the SDK doesn't name. */
export type Operation = (typeof operations)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route does, for faults and for the record of requests. */
    operation?: Operation;
  }
}

/** Names what a route does. */
export function does(operation: Operation): { readonly config: { readonly operation: Operation } } {
  return { config: { operation } };
}

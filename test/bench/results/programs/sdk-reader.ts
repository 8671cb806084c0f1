/** Reads results as the official SDK's own examples do. */
import { environment } from './environment.ts';
import { measureReader } from './measure-reader.ts';
import { createSdk } from './sdk.ts';

const sdk = createSdk();

void measureReader(async (take) => {
  for await (const { customId, data } of await sdk.analyzeAsync.batches.results(
    environment.providerBatchId,
  )) {
    take(customId, data?.data);
  }
});

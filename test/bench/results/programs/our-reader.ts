/** Reads results as the pipeline does: its client, its lines, the platform's JSON. */
import { splitLines } from '../../../../shared/jsonl.ts';
import { createTwelveLabs } from '../../../../shared/twelvelabs/client.ts';
import { API_KEY, environment } from './environment.ts';
import { measureReader } from './measure-reader.ts';

const { baseUrl, providerBatchId } = environment;
const provider = createTwelveLabs({ baseUrl, apiKey: async () => API_KEY });
const decoder = new TextDecoder();

void measureReader(async (take) => {
  for await (const { bytes } of splitLines(await provider.openResults(providerBatchId))) {
    const { custom_id, data } = JSON.parse(decoder.decode(bytes));
    take(custom_id, data?.data);
  }
});

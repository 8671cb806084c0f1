import { type BoxFixture, generalBatch } from './box-fixture.ts';

/** Longer than any batch takes with the default timing. */
export const BATCH_MS = 4_000;

/** Lets time pass, and then every fetch and delivery end that came due. */
export async function pass({ box, clock }: BoxFixture, ms: number): Promise<void> {
  await clock.advance(ms);
  await box.settled();
}

/** Creates a batch that analyzes one clip so many times; returns its id. */
export async function createBatch(fixture: BoxFixture, items = 1): Promise<string> {
  const assetId = await fixture.readyAsset();
  const batch = generalBatch(...Array.from({ length: items }, () => assetId));
  const { body } = await fixture.call('POST', '/analyze/batches', batch);
  return body.batch_id;
}

/** Creates a batch and lets it end; its notifications have been answered. */
export async function endBatch(fixture: BoxFixture, items = 1): Promise<string> {
  const batchId = await createBatch(fixture, items);
  await pass(fixture, BATCH_MS);
  return batchId;
}

import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { type Line, splitLines } from '../../shared/jsonl.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { openArchive } from './open-archive.ts';
import { type LineContext, takeLine } from './take-line.ts';

/** What one reading of a batch's results found. */
export interface Reading {
  /** Each line could be read and carries a `custom_id` of this batch: none can be mistaken. */
  readonly isAllOurs: boolean;
  /** The `custom_id`s that its lines carry. */
  readonly customIds: ReadonlySet<string>;
  /** False when time ran out before the end. */
  readonly isWhole: boolean;
}

/** Time kept back to write down where to go on. */
const RESERVE_MS = 30_000;
const LINES_AT_ONCE = 64;

/**
 * Reads the results of a batch once from the beginning and settles what they settle. With an
 * `archiveKey` (the batch will not change any more) the raw bytes are archived on the way, and
 * results too large for a row are written once the archive holds them.
 */
export async function readResults(
  batch: LineContext['batch'],
  open: ReadonlyMap<string, Analysis>,
  archiveKey: string | undefined,
  deps: CollectResultsDeps,
): Promise<Reading> {
  const context: LineContext = { batch, open, archiveKey, deps };
  const source = await deps.provider.openResults(batch.providerBatchId ?? '');
  if (archiveKey === undefined) return (await takeLines(source, context)).reading;

  const archive = openArchive(deps.archive, archiveKey);
  try {
    const { reading, large } = await takeLines(archive.tee(source), context);
    if (!reading.isWhole) {
      archive.abort();
      return reading;
    }
    await archive.finish();
    await pMap(large, (write) => write(), { concurrency: WRITES_AT_ONCE });
    return reading;
  } catch (error) {
    archive.abort();
    throw error;
  }
}

async function takeLines(source: AsyncIterable<Uint8Array>, context: LineContext) {
  const large: (() => Promise<void>)[] = [];
  let isAllOurs = true;
  const customIds = new Set<string>();
  let held: Line[] = [];
  const take = async () => {
    const taken = await pMap(held, (line) => takeLine(line, context), {
      concurrency: WRITES_AT_ONCE,
    });
    large.push(...taken.flatMap(({ writePointer }) => writePointer ?? []));
    isAllOurs &&= taken.every(({ isOurs }) => isOurs);
    for (const { customId } of taken) if (customId) customIds.add(customId);
    held = [];
  };
  for await (const line of splitLines(source)) {
    held.push(line);
    if (held.length < LINES_AT_ONCE) continue;
    await take();
    if (context.deps.remainingMs() < RESERVE_MS)
      return { reading: { isAllOurs, customIds, isWhole: false }, large };
  }
  await take();
  return { reading: { isAllOurs, customIds, isWhole: true }, large };
}

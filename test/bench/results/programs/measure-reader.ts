import { customIdAt, textAt, workloadOf } from '../content.ts';
import { measured, type Took, tellParent } from '../measured.ts';
import { environment } from './environment.ts';

/** What a reader found in a line. */
export type TakeText = (customId: string | null | undefined, text: string | undefined) => void;

/** Reads every line of the results. */
export type Reader = (take: TakeText) => Promise<void>;

/** What it took to read the results once, and how many lines came wrong or not at all. */
export interface ReaderTook extends Took {
  readonly wrong: number;
}

/** Measures a reader in this process, which is for nothing else. */
export async function measureReader(read: Reader): Promise<void> {
  await tellParent(readTwice(read));
}

/**
 * The first reading is measured, and only the lengths of its texts are noted; comparing a text with
 * what was sent takes as long as reading it, and is done in a second one.
 */
async function readTwice(read: Reader): Promise<ReaderTook> {
  const workload = workloadOf(environment.providerBatchId);
  const lengths = new Map<string, number>();
  const took = await measured(() =>
    read((customId, text) => {
      lengths.set(customId ?? '', text?.length ?? 0);
    }),
  );
  const right = new Set<string>();
  const texts = Array.from({ length: workload.lines }, (_, index) => textAt(index, workload));
  const sent = new Map(texts.map((text, index) => [customIdAt(index), text]));
  await read((customId = null, text) => {
    if (customId !== null && sent.get(customId) === text) right.add(customId);
  });
  const wrongLengths = [...sent].filter(
    ([customId, { length }]) => lengths.get(customId) !== length,
  );
  return { ...took, wrong: Math.max(wrongLengths.length, workload.lines - right.size) };
}

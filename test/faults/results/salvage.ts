import { alignedTable } from '../aligned-table.ts';
import { tellNowAndThen } from '../batcher/progress.ts';
import { endings } from './endings.ts';
import { liveSalvage, type Salvaged } from './live-salvage.ts';

const ANALYSES = 1_000;
const DONE = [0, 1, 500, 999, 1_000];

/** Batches that end before all of their items are done: what is done stays, and the rest is done once. */
export async function salvage(): Promise<readonly string[]> {
  console.log(`${ANALYSES.toLocaleString('en')} analyses in a batch that ends too early`);
  const tell = tellNowAndThen();
  const all: Salvaged[] = [];
  for (const ending of endings) {
    for (const done of DONE) {
      all.push(await liveSalvage(ANALYSES, done, ending));
      tell(() => `${all.length} of ${endings.length * DONE.length} batches`);
    }
  }
  console.log(
    alignedTable([
      ['ending', 'done', 'it ends as', 'sizes of all batches', 'billed', 'came back', 'minutes'],
      ...all.map(({ ending, done, batches, billed, cameBack, minutes }) => [
        ending.name,
        done,
        batches[0]?.status ?? 'nothing',
        batches.map(({ items }) => items).join(' + '),
        ...[billed, cameBack, minutes],
      ]),
    ]),
  );
  return all.flatMap(({ broken }) => broken);
}

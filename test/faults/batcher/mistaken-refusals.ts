import { startBatcherWorld } from '../../support/batcher-world.ts';
import { alignedTable } from '../aligned-table.ts';
import { brokenIn, createsIn } from './world-verdict.ts';

const SIZES = [2, 3, 16, 100];
const MOST_MINUTES = 24 * 60;
const answer = {
  kind: 'answer',
  operation: 'batches.create',
  body: 'nested',
  message: 'Try again.',
  times: 1,
} as const;
const mistakes = [
  { status: 400, code: 'parameter_invalid' },
  { status: 409, code: 'resource_conflict' },
  { status: 422, code: 'http_422' },
] as const;

/** A batch is refused once though nothing is wrong with it: nobody must fail who was never tried. */
export async function mistakenRefusals(): Promise<string[]> {
  console.log('\nBatches refused once by mistake');
  const lives = [];
  for (const mistake of mistakes) {
    for (const size of SIZES) {
      await using world = await startBatcherWorld();
      world.box.faults.set({ ...answer, ...mistake });
      await world.queue(size);
      await world.submit();
      await world.letEnd(MOST_MINUTES);
      const failed = world.analyses().filter(({ state }) => state === 'failed').length;
      const name = `${mistake.status}, once, of ${size}`;
      lives.push({ name, failed, creates: createsIn(world), words: brokenIn(world) });
    }
  }
  console.log(
    alignedTable([
      ['refusal', 'creates', 'innocent that failed'],
      ...lives.map(({ name, creates, failed }) => [name, creates, failed]),
    ]),
  );
  return lives.flatMap(({ name, words }) => words.map((it) => `mistaken refusal (${name}): ${it}`));
}

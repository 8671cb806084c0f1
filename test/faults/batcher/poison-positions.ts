import type { Analysis } from '../../../shared/analysis.ts';
import { batchLimits } from '../../../shared/twelvelabs/limits.ts';
import { anAnalysis, MADE_AT } from '../../support/rows.ts';
import { alignedTable } from '../aligned-table.ts';
import { mean } from '../percentiles.ts';
import { PretendedBatcher } from './pretended-batcher.ts';
import { tellNowAndThen } from './progress.ts';

const ANALYSES = 1_000;
/** The refusal of all, and one for each time that a thousand can be halved. */
const MOST_CREATES = 11;
const FAR_TOO_MANY = 10 * MOST_CREATES;
/** Once it is known who it is, the provider is asked about it alone, if that was not so already. */
const MOST_WITH_PROOF = MOST_CREATES + 1;
/** What is found out does not hang on the slots. */
const slots = { maxActive: 5, free: 5, active: [], recent: [] };

/** One poisoned analysis at each place of a full batch: how many creates it takes to find it. */
export async function poisonPositions(): Promise<string[]> {
  console.log(`\nOne poison at each place of ${ANALYSES}, without a world`);
  const analyses = Array.from({ length: ANALYSES }, (_, at) => analysisAt(at));
  const tell = tellNowAndThen();
  const searches = analyses.map((poison, at) => {
    tell(() => `${at} of ${ANALYSES} places`);
    return search(analyses, poison);
  });
  const untilFound = searches.map((it) => it.untilFound);
  const until = searches.map((it) => it.untilSetAside);
  const inAll = searches.map((it) => it.inAll);
  console.log(
    alignedTable([
      ['creates', 'mean', 'most'],
      ['until it is known which it is', mean(untilFound), Math.max(...untilFound)],
      ['until it is refused alone', mean(until), Math.max(...until)],
      ['until all others are taken', mean(inAll), Math.max(...inAll)],
    ]),
  );
  return searches.flatMap(({ untilFound: found, untilSetAside: proved, isRight }, at) => {
    const where = `poison at ${at}`;
    if (!isRight) return [`${where}: something else than the poison was set aside, or never taken`];
    const isLate = found > MOST_CREATES || proved > MOST_WITH_PROOF;
    return isLate ? [`${where}: known after ${found} creates, proved after ${proved}`] : [];
  });
}

function search(analyses: readonly Analysis[], poison: Analysis) {
  const taken = new Set<string>();
  const batcher = new PretendedBatcher(analyses, {
    limits: batchLimits,
    bytesOf: () => 0,
    profiles: new Map(),
    now: () => MADE_AT,
    answer: (batch) => {
      if (batch.analyses.some(({ pk }) => pk === poison.pk)) return 'refused';
      for (const { pk } of batch.analyses) taken.add(pk);
      return 'taken';
    },
  });
  let untilFound = 0;
  let untilSetAside = 0;
  while (batcher.creates < FAR_TOO_MANY && batcher.sendNext(slots)) {
    const isProved = batcher.setAside.length > 0;
    if (isProved) untilSetAside ||= batcher.creates;
    if (isProved || suspectsOf(batcher) === 1) untilFound ||= batcher.creates;
  }
  const [first, ...others] = batcher.setAside;
  const isRight = first?.pk === poison.pk && others.length === 0 && taken.size === ANALYSES - 1;
  return { untilFound, untilSetAside, inAll: batcher.creates, isRight };
}

function suspectsOf({ waiting, memory }: PretendedBatcher): number {
  return waiting.filter((it) => it.isSuspect && memory.searches.includes(it.refusedIn ?? ''))
    .length;
}

function analysisAt(at: number): Analysis {
  const queuedAt = new Date(MADE_AT.getTime() - 3_600_000 + at).toISOString();
  return anAnalysis({ pk: `VIDEO#${at}`, queuedAt });
}

import type { Analysis } from '../../../shared/analysis.ts';
import type { ProviderState } from '../../support/collector-world.ts';
import { type Asks, anAnswer, type Size } from './answers.ts';
import type { Chance } from './chance.ts';
import { aDelivery, type Delivery } from './delivery.ts';
import { brokenLine, type MadeLine, openLine, type Truth, trueLine } from './lines.ts';
import { endlessLine, strayLine } from './stray-lines.ts';
import { type Stream, streamOf } from './stream.ts';

/** One item of the batch: what it asks, and what the provider truly has for it in the end. */
export interface Subject {
  readonly fields: Partial<Analysis>;
  readonly truth: Truth;
}

/** What the provider answers at one reading, and how long after the last one it is. */
export interface PlannedReading {
  readonly afterSeconds: number;
  readonly state: ProviderState;
  readonly stream: Stream;
  readonly delivery: Delivery;
  /** Whether the provider calls the batch over. */
  readonly isOver: boolean;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
const asked: Readonly<Record<Asks, Partial<Analysis>>> = {
  text: {},
  json: { asksForJson: true },
  segments: { profile: 'goals', analysisMode: 'time_based_metadata' },
};

/** The items of a case: 1 to 40, mostly few. */
export function planSubjects(chance: Chance): Subject[] {
  const count = chance.is(0.1) ? chance.whole(13, 40) : chance.whole(1, 12);
  const hugeAt = chance.is(0.008) ? chance.whole(0, count - 1) : -1;
  const largeShare = chance.is(0.15) ? 0.25 : 0;
  return Array.from({ length: count }, (_, at) => {
    const asks = chance.weighted({ text: 4, json: 2, segments: 3 });
    const size = at === hugeAt ? 'huge' : chance.is(largeShare) ? 'large' : 'small';
    const fields = {
      ...asked[asks],
      setbacks: chance.pick([0, 0, 1, 2]),
      ...(chance.is(0.3) && { notRun: chance.pick([0, 5, 18, 19]) }),
    };
    return { fields, truth: aTruth(chance, asks, size, at) };
  });
}

function aTruth(chance: Chance, asks: Asks, size: Size, about: number): Truth {
  const taskId = `task-${about}-${chance.whole(0, 1e9)}`;
  const kind = size === 'huge' ? 'ready' : chance.weighted({ ready: 7, failed: 2, canceled: 1 });
  if (kind !== 'ready') {
    const code = chance.pick([
      undefined,
      'internal_error',
      'video_file_broken',
      'parameter_invalid',
    ]);
    const hasCode = kind === 'failed' && code !== undefined;
    return { kind: 'over', about, end: { status: kind, taskId, ...(hasCode && { code }) } };
  }
  const usage = { outputTokens: chance.whole(0, 9_999), ...(chance.is(0.5) && { inputTokens: 7 }) };
  const ready = {
    answer: anAnswer(chance, asks, size),
    taskId,
    ...(chance.is(0.8) && { finishReason: chance.pick(['stop', 'length']) }),
    ...(chance.is(0.8) && { usage }),
  };
  return { kind: 'ready', about, ready };
}

/** What comes at reading `number`; at the last one all is well. */
export function planReading(
  chance: Chance,
  subjects: readonly Subject[],
  analyses: readonly Analysis[],
  number: number,
  isLast: boolean,
): PlannedReading {
  const status = isLast || chance.is(0.7) ? chance.pick(['completed', 'canceled', 'expired']) : '';
  const afterSeconds =
    number === 0 ? 0 : chance.is(0.1) ? DAY + HOUR : HOUR + chance.whole(0, HOUR);
  // Always news, so that it is read though the batch goes on.
  const counters = { total_items: analyses.length, ready_items: number + 1, failed_items: 0 };
  const at_work = status ? 0 : 1;
  const state = { status: status || 'processing', processing_items: at_work, ...counters };
  const mess = isLast ? 0 : chance.pick([0, 0.1, 0.3, 0.7]);
  const lines = analyses.flatMap((analysis, at) => {
    const truth = subjects[at]?.truth;
    return truth ? linesAbout(chance, analysis, truth, mess) : [];
  });
  const strays = Array.from({ length: chance.is(mess) ? chance.whole(1, 3) : 0 }, () =>
    strayLine(chance),
  );
  if (!isLast && chance.is(0.0008)) strays.push(endlessLine(chance));
  const all = [...lines, ...strays];
  const stream = streamOf(chance, chance.is(0.5) ? chance.shuffled(all) : all);
  const isHealthy = isLast || chance.is(0.3);
  const delivery = aDelivery(chance, stream.body, isHealthy);
  return { afterSeconds, state, stream, delivery, isOver: status !== '' };
}

/** All lines about one item: the one that is true, or what `mess` makes of it. */
function linesAbout(chance: Chance, analysis: Analysis, truth: Truth, mess: number): MadeLine[] {
  const line = trueLine(chance, analysis, truth);
  if (!chance.is(mess)) return [line];
  const { about } = truth;
  switch (chance.weighted({ missing: 3, doubled: 3, contradicted: 3, early: 3, broken: 4 })) {
    case 'missing':
      return [];
    case 'doubled':
      return [line, { ...trueLine(chance, analysis, truth), name: 'doubled' }];
    case 'contradicted': {
      const status = chance.pick(['failed', 'canceled'] as const);
      const code = status === 'failed' && { code: 'internal_error' };
      const end = { status, taskId: `task-${about}`, ...code };
      const over = trueLine(chance, analysis, { kind: 'over', about, end });
      const other = chance.is(0.7) ? over : openLine(chance, analysis, about, 'processing');
      return chance.shuffled([line, { ...other, name: `${other.name}, as another status` }]);
    }
    case 'early':
      return [openLine(chance, analysis, about, chance.pick(['queued', 'processing', 'ready']))];
    case 'broken':
      return chance.is(0.3) ? [brokenLine(chance, line), line] : [brokenLine(chance, line)];
  }
}

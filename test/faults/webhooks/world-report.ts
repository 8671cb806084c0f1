import type { Operation } from '../../../local/twelvelabs/http/operation.ts';
import { alignedTable } from '../aligned-table.ts';
import { percentile } from '../percentiles.ts';
import type { Lived } from './live-world.ts';
import { ALL_LOST, FORGED_ONLY } from './worlds.ts';

/** Two lines: the groups of columns, then the columns. */
const heads = [
  [
    '',
    ...['videos', '', 'not', '', 'paid', '', 'webhooks', '', '', 'hints', 'messages'],
    ...['provider', 'rows', 'rows', 'line', 'to row,', 's', 'batch', 'end to', 'row, s'],
    ...['simulated', 'wall'],
  ],
  [
    'world',
    ...['ready', 'failed', 'final', 'lost', 'twice', 'sent', 'delivered', 'refused', 'lost'],
    ...['read', 'lost', 'requests', 'woken', 'rescued', 'p50', 'p95', 'max', 'p50', 'p95', 'max'],
    ...['minutes', 's'],
  ],
];

/** The worlds side by side. */
export function worldTable(lived: readonly Lived[]): string {
  return alignedTable([...heads, ...lived.map(rowOf)]);
}

function rowOf(lived: Lived): (string | number)[] {
  const { world, fates, delays, traffic, lostEvents, requests, rows } = lived;
  const arrived = traffic.taken + traffic.refused + traffic.otherwise;
  return [
    world.name,
    ...[fates.ready, fates.failed, fates.notFinal, fates.lost, fates.paidTwice],
    ...[arrived + lostEvents, traffic.taken, traffic.refused, lostEvents],
    ...[traffic.hints, traffic.lostMessages, requests.length, rows.woken, rows.rescued],
    ...[...shown(delays.ofItems), ...shown(delays.ofBatches)],
    ...[lived.simulatedMinutes, Math.round(lived.wallSeconds)],
  ];
}

function shown(delays: readonly number[]): number[] {
  return [0.5, 0.95, 1].map((share) => Math.round(percentile(delays, share)));
}

/** What broke in any of the worlds, in words. */
export function brokenIn(lived: readonly Lived[]): string[] {
  return [...lived.flatMap(brokenInOne), ...brokenBetween(lived)];
}

function brokenInOne(lived: Lived): string[] {
  const { world, fates, traffic, forgeries } = lived;
  const { failed, notFinal, lost, paidTwice } = fates;
  const counts = {
    'videos failed': failed,
    'videos not final': notFinal,
    'videos lost': lost,
    'analyses or assets paid twice': paidTwice,
    'webhooks answered with neither 202 nor 401': traffic.otherwise,
    'forged webhooks that were not refused': forgeries - traffic.refused,
  };
  const broken = Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${count} ${what}`);
  return [...broken, ...idleIn(lived)].map((words) => `${world.name}: ${words}`);
}

/** What was to befall this world and did not: it has shown nothing then. */
function idleIn({ world, traffic, forgeries }: Lived): string[] {
  const befell = {
    'no message was lost': !world.lostMessages || traffic.lostMessages > 0,
    'the clock never stopped': !world.isClockStopped || traffic.missedTicks > 0,
    'no event was forged': !world.isForged || forgeries > 0,
  };
  return Object.entries(befell).flatMap(([words, isSo]) => (isSo ? [] : [words]));
}

/** That forged events had no effect: the provider was asked the same as if none had come. */
function brokenBetween(lived: readonly Lived[]): string[] {
  const forged = lived.find(({ world }) => world.name === FORGED_ONLY);
  const without = lived.find(({ world }) => world.name === ALL_LOST);
  if (!forged || !without) return ['the world of forged events was not lived'];
  const [asked, usual] = [forged, without].map((lived) => requestsIn(lived, isAfterHint));
  return [
    ...(forged.traffic.hints > 0 ? [`${forged.traffic.hints} forged hints were read`] : []),
    ...(asked === usual ? [] : [`forged events changed the requests: ${asked}, not ${usual}`]),
  ];
}

/**
 * How many looks at the two lists there are depends on which of our own messages happen to meet in
 * one invocation, in real time and in any world. A hint leads to all else.
 */
function isAfterHint(operation: Operation): boolean {
  return operation !== 'assets.list' && operation !== 'batches.list';
}

/** How often the provider was asked for what, of that which `isMeant`. */
export function requestsIn(
  { requests }: Lived,
  isMeant: (operation: Operation) => boolean = () => true,
): string {
  return [...Map.groupBy(requests.filter(isMeant), (operation) => operation)]
    .map(([operation, same]) => `${operation} ${same.length}`)
    .toSorted()
    .join(', ');
}

import { arithmeticText, billText } from './bill-text.ts';
import { countText, dollarsText, ratioText } from './numbers.ts';
import type { Price } from './price.ts';
import { prices } from './prices.ts';
import { IDLE_AIM_DOLLARS, NAIVE_AIM, type Reckoning } from './reckon.ts';
import { WAITS } from './work-usage.ts';

/** All that was reckoned, for a person to read. */
export function report(found: Reckoning): string {
  return [
    heading(found),
    `An idle month, in which the stack waits for videos\n\n${billText(found.idleMonth)}\n\n${idleVerdict(found)}`,
    `${countText(found.workload.videos)} videos, from the object in the bucket to the result in its row\n\n${billText(found.videos)}`,
    `Rows, results and logs, kept for ${monthsText(found)}\n\n${billText(found.kept)}`,
    `The files, whatever the pipeline\n\n${billText(found.files)}`,
    providerText(found),
    millionText(found),
    naiveText(found),
    assumptions(found),
  ].join('\n\n');
}

function heading({ region, pricesCheckedOn, workload: it }: Reckoning): string {
  const each = `${countText(it.minutes)} minutes and ${countText(it.megabytes)} MB`;
  const asked = `${it.profiles} ${it.profiles === 1 ? 'analysis' : 'analyses'} each, with results of ${countText(it.resultKilobytes)} KB`;
  return `US dollars in ${region}, by list prices as of ${pricesCheckedOn}: ${countText(it.videos)} videos of ${each}, ${asked}`;
}

function monthsText({ workload: { monthsKept: months } }: Reckoning): string {
  return `${countText(months)} ${months === 1 ? 'month' : 'months'}`;
}

function idleVerdict({ idleMonth: { dollars, rows } }: Reckoning): string {
  if (dollars < IDLE_AIM_DOLLARS) return `Below the aim of $${IDLE_AIM_DOLLARS} a month.`;
  const dearest = rows
    .toSorted((a, b) => b.dollars - a.dollars)
    .slice(0, 3)
    .map((row) => `$${dollarsText(row.dollars)} ${row.service}, ${row.note ?? `${row.unit}s`}`);
  return `The aim of $${IDLE_AIM_DOLLARS} a month is missed. Most of it: ${dearest.join('; ')}.`;
}

function providerText({ provider, workload, awsOverProvider, videos, kept }: Reckoning): string {
  const { analysedMinutes, outputTokens, dollars } = provider;
  const { page, dollars: listed } = prices.videoMinute;
  const source =
    workload.pricePerMinute === listed ? `${page}, by summaries of it` : 'as you gave it';
  const { pipeline, withFiles } = awsOverProvider;
  return [
    `TwelveLabs: $${dollarsText(dollars)}`,
    `  ${countText(analysedMinutes)} minutes at $${workload.pricePerMinute} (${source}), ${countText(outputTokens)} output tokens at $${prices.outputToken.dollars} a million`,
    `  AWS takes ${ratioText(pipeline)} of that for the pipeline ($${dollarsText(videos.dollars + kept.dollars)}), ${ratioText(withFiles)} with the files; an idle month comes on top`,
  ].join('\n');
}

function millionText({ million: { asAsked, daysAtTheRate }, writesAVideo }: Reckoning): string {
  const all = writesAVideo.reduce((sum, { units }) => sum + units, 0);
  const most = writesAVideo.slice(0, 5).map((it) => `${countText(it.units)} ${it.move}`);
  return [
    `A million videos, which take ${countText(daysAtTheRate)} days at the plan's uploads a day`,
    '',
    billText(asAsked.ours),
    '',
    `Write units: ${countText(all)} a video and what its result adds; most of them ${most.join(', ')}.`,
  ].join('\n');
}

function naiveText({ million: { asAsked, atTheAim } }: Reckoning): string {
  const verdict = atTheAim.ratio <= NAIVE_AIM.ratio ? 'kept' : 'missed';
  const lines = [asAsked, atTheAim].map(
    ({ resultKilobytes, ours, naive, ratio }) =>
      `  results of ${countText(resultKilobytes)} KB: $${dollarsText(ours.dollars)} against $${dollarsText(naive.dollars)}, ${ratioText(ratio)} of it`,
  );
  const distinct = asAsked.resultKilobytes === atTheAim.resultKilobytes ? lines.slice(1) : lines;
  return [
    'The same beside the pipeline that one writes first',
    '',
    ...distinct,
    `  the aim, at ${NAIVE_AIM.resultKilobytes} KB, is ${NAIVE_AIM.ratio}: ${verdict}`,
    '',
    `That pipeline, a million videos with results of ${countText(atTheAim.resultKilobytes)} KB:`,
    '',
    arithmeticText(atTheAim.naive),
  ].join('\n');
}

/** How many prices were found again, and where. */
function surenessText(): string {
  const all = Object.values(prices);
  const of = (sure: Price['sure']) => all.filter((it) => it.sure === sure).length;
  return `${of('page')} were read there, ${of('summaries')} in what others say of it, ${of('known')} are known and were not found again`;
}

function assumptions({ measured: it, notPriced, notMeasured }: Reckoning): string {
  return [
    'What this rests on',
    `  calls, rows and log lines: counted on the local cloud, ${it.on}, ${countText(it.videos)} videos and ${countText(it.idleHours)} idle hours`,
    `    (${it.command}; ${it.assuming})`,
    `  Lambda's time: assumed. Measured processor time, stretched to the memory's share of a processor, plus ${WAITS.awsSeconds * 1_000} ms`,
    `    for each call of AWS and ${WAITS.providerSeconds * 1_000} ms for each of TwelveLabs, one after the other`,
    '  functions, memory, schedules, queues, alarms and the like: read from the synthesized template',
    `  prices: cli/cost/prices.ts names the page of each; ${surenessText()}`,
    '  first tiers only; no taxes; cold starts, requests by hand and data that leaves with results are left out',
    ...notMeasured.map((what) => `  not measured: ${what}; run ${it.command}`),
    ...notPriced.map((type) => `  not priced: ${type}`),
  ].join('\n');
}

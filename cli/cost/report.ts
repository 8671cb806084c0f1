import { arithmeticText, billText } from './bill-text.ts';
import { countText, dollarsText, ratioText } from './numbers.ts';
import type { Price } from './price.ts';
import { prices } from './prices.ts';
import { IDLE_AIM_DOLLARS, NAIVE_AIM, type Reckoning } from './reckon.ts';
import { WAITS } from './work-usage.ts';

/** All that was reckoned, for a person to read. */
export function report(found: Reckoning): string {
  const videos = `${countText(found.workload.videos)} videos`;
  return [
    heading(found),
    'An idle month, in which the stack waits for videos',
    billText(found.idleMonth),
    idleVerdict(found),
    `${videos}, from the object in the bucket to the result in its row`,
    billText(found.videos),
    `Rows, results and logs, kept for ${monthsText(found)}`,
    billText(found.kept),
    'The files, whatever the pipeline',
    billText(found.files),
    providerText(found),
    millionText(found),
    naiveText(found),
    assumptions(found),
  ].join('\n\n');
}

function heading({ region, pricesCheckedOn, workload: it }: Reckoning): string {
  const analyses = it.profiles === 1 ? '1 analysis' : `${it.profiles} analyses`;
  return [
    `US dollars in ${region}, by list prices as of ${pricesCheckedOn}:`,
    `  ${countText(it.videos)} videos of ${countText(it.minutes)} minutes and ${countText(it.megabytes)} MB,`,
    `  ${analyses} each, with results of ${countText(it.resultKilobytes)} KB`,
  ].join('\n');
}

function monthsText({ workload: { monthsKept: months } }: Reckoning): string {
  return `${countText(months)} ${months === 1 ? 'month' : 'months'}`;
}

function idleVerdict({ idleMonth: { dollars, rows } }: Reckoning): string {
  if (dollars < IDLE_AIM_DOLLARS) return `Below the aim of $${IDLE_AIM_DOLLARS} a month.`;
  const dearest = rows
    .toSorted((a, b) => b.dollars - a.dollars)
    .slice(0, 3)
    .map((row) => `  ${usd(row.dollars)} ${row.service}, ${row.note ?? `${row.unit}s`}`);
  const verdict = `The aim of $${IDLE_AIM_DOLLARS} a month is missed. Most of it:`;
  return [verdict, ...dearest].join('\n');
}

function providerText({ provider, workload, awsOverProvider, videos, kept }: Reckoning): string {
  const { analysedMinutes, outputTokens, dollars } = provider;
  const { page, dollars: listed } = prices.videoMinute;
  const source =
    workload.pricePerMinute === listed ? `${page}, by summaries of it` : 'as you gave it';
  const { pipeline, withFiles } = awsOverProvider;
  const aws = usd(videos.dollars + kept.dollars);
  const tokens = countText(outputTokens);
  return [
    `TwelveLabs: ${usd(dollars)}`,
    `  ${countText(analysedMinutes)} minutes at $${workload.pricePerMinute} (${source})`,
    `  ${tokens} output tokens at $${prices.outputToken.dollars} a million`,
    `  AWS takes ${ratioText(pipeline)} of that for the pipeline (${aws}), ${ratioText(withFiles)} with`,
    '  the files; an idle month comes on top',
  ].join('\n');
}

function millionText({ million: { asAsked, daysAtTheRate }, writesAVideo }: Reckoning): string {
  const all = writesAVideo.reduce((sum, { units }) => sum + units, 0);
  const most = writesAVideo.slice(0, 5).map((it) => `${countText(it.units)} for ${it.move}`);
  return [
    `A million videos, as if in a month: the plan's uploads a day take ${countText(daysAtTheRate)} days`,
    '',
    billText(asAsked.ours),
    '',
    `Write units: ${countText(all)} a video, and what its result adds. Most of them:`,
    ...most.map((it) => `  ${it}`),
  ].join('\n');
}

function naiveText({ million: { asAsked, atTheAim } }: Reckoning): string {
  const verdict = atTheAim.ratio <= NAIVE_AIM.ratio ? 'kept' : 'missed';
  const lines = [asAsked, atTheAim].map(({ resultKilobytes: kilobytes, ours, naive, ratio }) => {
    const both = `${usd(ours.dollars)} against ${usd(naive.dollars)}`;
    return `  results of ${countText(kilobytes)} KB: ${both}, ${ratioText(ratio)} of it`;
  });
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
  const found = `${of('page')} were read there, ${of('summaries')} in what others say of it`;
  return `${found}, ${of('known')} are known and were not found again`;
}

function assumptions({ measured: it, notPriced, notMeasured }: Reckoning): string {
  const [awsMs, providerMs] = [WAITS.awsSeconds * 1_000, WAITS.providerSeconds * 1_000];
  const counted = `${countText(it.videos)} videos and ${countText(it.idleHours)} idle hours`;
  return [
    'What this rests on',
    `  calls, rows, log lines: counted on the local cloud, ${it.on}: ${counted}`,
    `    (${it.command}; ${it.assuming})`,
    '  time of Lambda: assumed. The processor time that was measured, stretched to the part of a',
    `    processor that the memory gives, and ${awsMs} ms for each call of AWS and ${providerMs} ms for`,
    '    each of TwelveLabs, one after the other: rather too much',
    '  functions, memory, schedules, queues, alarms: read from the synthesized template',
    '  prices: cli/cost/prices.ts names the page of each;',
    `    ${surenessText()}`,
    '  left out: later tiers, taxes, cold starts, requests by hand, results that are read',
    ...notMeasured.map((what) => `  not measured: ${what}; run ${it.command}`),
    ...notPriced.map((type) => `  not priced: ${type}`),
  ].join('\n');
}

function usd(dollars: number): string {
  return `$${dollarsText(dollars)}`;
}

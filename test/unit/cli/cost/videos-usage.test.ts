import { describe, expect, it } from 'vitest';
import { filesUsage } from '../../../../cli/cost/files-usage.ts';
import { naiveUsage } from '../../../../cli/cost/naive.ts';
import { providerDollars } from '../../../../cli/cost/provider-dollars.ts';
import { totalDollars } from '../../../../cli/cost/usage.ts';
import { keptUsage, videosUsage } from '../../../../cli/cost/videos-usage.ts';
import { quantityOf, smallFacts, smallOperations, smallWork } from '../../../support/small-bill.ts';

const used = (work: Partial<typeof smallWork>, price: Parameters<typeof quantityOf>[1]) =>
  quantityOf(videosUsage(smallFacts, smallOperations, { ...smallWork, ...work }), price);

describe('videos', () => {
  it('use as much each as in the measured run', () => {
    expect(used({}, 'tableWrite')).toBe(70);
    expect(used({ videos: 1_000_000_000 }, 'tableWrite')).toBe(7_000_000_000);
    expect(used({ videos: 30 }, 'lambdaRequest')).toBe(30);
  });

  it('with more profiles write more rows of analyses, and no more of videos', () => {
    expect(used({ profiles: 3 }, 'tableWrite')).toBe(30 + 3 * 40);
    expect(used({ profiles: 3 }, 'lambdaRequest')).toBe(10);
  });

  it('pay for a result in its row by the KB, and not for one that is only in the archive', () => {
    const more = (resultKilobytes: number) => used({ resultKilobytes }, 'tableWrite') - 70;
    expect(more(1)).toBe(10);
    expect(more(32)).toBe(320);
    expect(more(33)).toBe(0);
  });

  it('have a message each that S3 sends', () => {
    expect(used({}, 'sqsRequest')).toBe(10);
  });

  it('keep metrics alive in the hours in which they move, and those of the line while any waits', () => {
    const metrics = ['RowsWaiting stage=schedule-upload', 'A', 'B'];
    const operations = { ...smallOperations, run: { ...smallOperations.run, metrics } };
    const hours = (videos: number) =>
      730 *
      quantityOf(videosUsage(smallFacts, operations, { ...smallWork, videos }), 'metricMonth');
    expect(hours(10)).toBeCloseTo(3, 9);
    // A hundred days of 50 minutes of uploads, and an hour until the last of the day is through.
    expect(hours(300_000)).toBeCloseTo(100 * 24 + 2 * 100 * 2, 9);
  });
});

describe('what is kept', () => {
  const kept = (work: Partial<typeof smallWork>) =>
    keptUsage(smallFacts, smallOperations, { ...smallWork, ...work });

  it('is paid by the month, the archive once an analysis', () => {
    const work = { videos: 1_024, profiles: 2, resultKilobytes: 1_024, monthsKept: 3 };
    expect(quantityOf(kept(work), 's3GigabyteMonth')).toBeCloseTo(6, 9);
    expect(totalDollars(kept({ monthsKept: 0 }))).toBe(0);
  });

  it('is backed up only if the template says so', () => {
    const work = { ...smallWork, videos: 1_000_000, resultKilobytes: 4 };
    expect(quantityOf(keptUsage(smallFacts, smallOperations, work), 'tableBackup')).toBe(0);
    const facts = { ...smallFacts, hasPointInTimeRecovery: true };
    expect(quantityOf(keptUsage(facts, smallOperations, work), 'tableBackup')).toBeGreaterThan(3);
  });
});

describe('files', () => {
  const files = (work: Partial<typeof smallWork>) => filesUsage({ ...smallWork, ...work });

  it('are put whole up to 8 MB, and in parts above', () => {
    expect(quantityOf(files({ megabytes: 8 }), 's3Write')).toBe(10);
    expect(quantityOf(files({ megabytes: 100 }), 's3Write')).toBe(10 * (13 + 2));
  });

  it('leave AWS once', () => {
    expect(quantityOf(files({ megabytes: 102.4 }), 'transferOut')).toBeCloseTo(1, 9);
  });
});

it('TwelveLabs takes every minute once a profile, and the tokens that come out', () => {
  const found = providerDollars({ ...smallWork, profiles: 2, resultKilobytes: 4 });
  expect(found.analysedMinutes).toBe(160);
  expect(found.outputTokens).toBe(20 * 1_024);
  expect(found.dollars).toBeCloseTo(160 * 0.03 + (20_480 * 7.5) / 1e6, 9);
});

it('the naive design costs about $168 for a million results of 100 KB, most of it for its rows', () => {
  const usage = naiveUsage({ ...smallWork, videos: 1_000_000, resultKilobytes: 100 });
  expect(totalDollars(usage)).toBeCloseTo(167.96, 1);
  const writes = usage.filter((it) => it.price === 'tableWrite');
  expect(totalDollars(writes)).toBeCloseTo(136.25, 2);
});

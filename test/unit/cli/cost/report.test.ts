import { describe, expect, it } from 'vitest';
import { countText, dollarsText, ratioText } from '../../../../cli/cost/numbers.ts';
import { reckon } from '../../../../cli/cost/reckon.ts';
import { report } from '../../../../cli/cost/report.ts';
import { smallFacts, smallOperations, smallWork } from '../../../support/small-bill.ts';

const found = (facts: Partial<typeof smallFacts> = {}, work: Partial<typeof smallWork> = {}) =>
  reckon({ ...smallFacts, ...facts }, smallOperations, { ...smallWork, ...work });

describe('a bill', () => {
  it('adds up, by list price and after the allowances', () => {
    const { idleMonth, videos, kept, files } = found({ secrets: 2 }, { videos: 1_000_000 });
    for (const { rows, dollars, afterAllowances } of [idleMonth, videos, kept, files]) {
      expect(rows.reduce((sum, it) => sum + it.dollars, 0)).toBeCloseTo(dollars, 9);
      expect(rows.reduce((sum, it) => sum + it.afterAllowances, 0)).toBeCloseTo(afterAllowances, 9);
      expect(afterAllowances).toBeLessThanOrEqual(dollars);
    }
  });

  it('gives the allowances to the idle month first', () => {
    // The idle month has 657,000 requests of the million that is free.
    const { videos } = found({}, { videos: 1_000_000 });
    const queue = videos.rows.find((it) => it.price === 'sqsRequest');
    expect(queue?.afterAllowances).toBeCloseTo((0.657 + 1 - 1) * 0.4, 9);
  });
});

describe('the report', () => {
  it('says that the aim for an idle month is kept, or missed and by what', () => {
    expect(report(found())).toContain('Below the aim of $1 a month.');
    const text = report(found({ secrets: 5 }));
    expect(text).toContain('The aim of $1 a month is missed. Most of it:\n  $2.00 Secrets Manager');
  });

  it('says whether a million videos keep to their share of the naive design', () => {
    expect(report(found())).toMatch(/results of 100 KB: \$5\.\d\d against \$167\.96, 0\.03/);
    expect(report(found())).toContain('is 0.04: kept');
    const dear = { uploadsPerDay: 3_000, pollers: {} };
    const writes = { 'video none to received': { count: 10, tableUnits: 900, indexUnits: 0 } };
    const operations = { ...smallOperations, run: { ...smallOperations.run, writes } };
    expect(report(reckon({ ...smallFacts, ...dear }, operations, smallWork))).toContain(
      'is 0.04: missed',
    );
  });

  it('names what has no price', () => {
    expect(report(found({ notPriced: ['AWS::EC2::NatGateway'] }))).toContain(
      'not priced: AWS::EC2::NatGateway',
    );
  });

  it('names what was measured otherwise than the template has it', () => {
    expect(report(found())).not.toContain('not measured');
    const text = report(found({ pollers: { AcceptUpload: 5 }, scheduledCalls: { Sweep: 1 } }));
    expect(text).toContain('not measured: AcceptUpload with 5 messages at once; run none');
    expect(text).toContain('not measured: Sweep on a schedule');
  });

  it('says where the price of TwelveLabs comes from', () => {
    expect(report(found({}, { pricePerMinute: 0.0292 }))).toContain('twelvelabs.io/pricing');
    expect(report(found({}, { pricePerMinute: 0.05 }))).toContain('at $0.05 (as you gave it)');
  });

  it('stands numbers that are as large as they get', () => {
    const text = report(found({}, { videos: 1_000_000_000, minutes: 240, profiles: 100 }));
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it.each([
  [0, '0.00'],
  [0.000_01, '<0.0001'],
  [0.0123, '0.0123'],
  [1.555, '1.56'],
  [1_234_567.8, '1,234,567.80'],
])('%d dollars are %s', (dollars, text) => {
  expect(dollarsText(dollars)).toBe(text);
});

it('counts are whole where they are large, and have three digits where not', () => {
  expect([43_800.4, 97.656, 0.005_988, 0].map(countText)).toEqual([
    '43,800',
    '97.7',
    '0.00599',
    '0',
  ]);
  expect(ratioText(0.000_963)).toBe('0.00096');
});

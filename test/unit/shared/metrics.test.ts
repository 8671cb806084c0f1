import { expect, it } from 'vitest';
import { metrics, publishedAs } from '../../../shared/metrics.ts';

it('publishes a value by what it is told apart by, and in total', () => {
  expect(publishedAs('VideosFailed', 2, { cause: 'asset_failed' })).toEqual([
    { name: 'VideosFailed', unit: 'Count', value: 2, dimensions: { cause: 'asset_failed' } },
    { name: 'VideosFailed', unit: 'Count', value: 2, dimensions: {} },
  ]);
});

it('publishes no total of what can not be added up', () => {
  expect(publishedAs('OldestWaiting', 60, { stage: 'admit-asset' })).toHaveLength(1);
});

it.each(['words of the provider, as they came', '', 'ü', 'x'.repeat(61)])(
  'makes no metric of its own of the cause "%s"',
  (cause) => {
    expect(publishedAs('AnalysesFailed', 1, { cause })[0]?.dimensions).toEqual({ cause: 'other' });
  },
);

it('has names that CloudWatch takes, each said once', () => {
  for (const name of Object.keys(metrics)) expect(name).toMatch(/^[A-Z][A-Za-z]{2,40}$/);
});

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE } from './metrics-namespace.ts';

/** One JSON line a fact: a past-tense event name and the ids it is about. */
export interface Log {
  info(event: string, facts?: Record<string, unknown>): void;
  warn(event: string, facts?: Record<string, unknown>): void;
  error(event: string, facts?: Record<string, unknown>): void;
}

/** A metric, published from the function's own output. */
export type Measure = (
  metric: string,
  value: number,
  unit: 'Count' | 'Seconds',
  dimensions?: Record<string, string>,
) => void;

/** Counts, published likewise. */
export type Count = (metric: string, value: number, dimensions?: Record<string, string>) => void;

export const logger = new Logger();
const metrics = new Metrics({ namespace: METRICS_NAMESPACE });

export const log: Log = {
  info: (event, facts = {}) => logger.info(event, facts),
  warn: (event, facts = {}) => logger.warn(event, facts),
  error: (event, facts = {}) => logger.error(event, facts),
};

export const measure: Measure = (metric, value, unit, dimensions = {}) => {
  const single = metrics.singleMetric();
  for (const [name, of] of Object.entries(dimensions)) single.addDimension(name, of);
  single.addMetric(metric, unit, value);
};

export const count: Count = (metric, value, dimensions) =>
  measure(metric, value, 'Count', dimensions);

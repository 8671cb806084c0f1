import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** One JSON line a fact: a past-tense event name and the ids it is about. */
export interface Log {
  info(event: string, facts?: Record<string, unknown>): void;
  warn(event: string, facts?: Record<string, unknown>): void;
  error(event: string, facts?: Record<string, unknown>): void;
}

/** Counts, published from the function's own output. */
export type Count = (metric: string, value: number, dimensions?: Record<string, string>) => void;

export const logger = new Logger();
const metrics = new Metrics({ namespace: 'Reelbatch' });

export const log: Log = {
  info: (event, facts = {}) => logger.info(event, facts),
  warn: (event, facts = {}) => logger.warn(event, facts),
  error: (event, facts = {}) => logger.error(event, facts),
};

export const count: Count = (metric, value, dimensions = {}) => {
  const single = metrics.singleMetric();
  for (const [name, of] of Object.entries(dimensions)) single.addDimension(name, of);
  single.addMetric(metric, 'Count', value);
};

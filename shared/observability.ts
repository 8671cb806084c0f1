import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import { currentSubject } from './about.ts';
import {
  type Count,
  METRICS_NAMESPACE,
  type Measure,
  type Published,
  publishedAs,
} from './metrics.ts';

/** One JSON line a fact: a past-tense event name and the ids it is about. */
export interface Log {
  info(event: string, facts?: Record<string, unknown>): void;
  warn(event: string, facts?: Record<string, unknown>): void;
  error(event: string, facts?: Record<string, unknown>): void;
}

const logger = new Logger();
const metrics = new Metrics({ namespace: METRICS_NAMESPACE });

export const log: Log = {
  info: (event, facts) => logger.info(event, { ...currentSubject(), ...facts }),
  warn: (event, facts) => logger.warn(event, { ...currentSubject(), ...facts }),
  error: (event, facts) => logger.error(event, { ...currentSubject(), ...facts }),
};

const counted = new Map<string, Published>();

export const count: Count = (name, value, by) => {
  for (const one of publishedAs(name, value, by)) {
    const key = JSON.stringify([name, one.dimensions]);
    const before = counted.get(key)?.value ?? 0;
    counted.set(key, { ...one, value: before + value });
  }
};

export const measure: Measure = (name, value, by) => {
  for (const one of publishedAs(name, value, by)) publish(one);
};

function publish({ name, unit, value, dimensions }: Published): void {
  const single = metrics.singleMetric();
  for (const [dimension, is] of Object.entries(dimensions)) single.addDimension(dimension, is);
  single.addMetric(name, unit, value);
}

function publishCounts(): void {
  for (const one of counted.values()) publish(one);
  counted.clear();
}

/** What every handler uses: its lines name function and request, and its counts go out when it is over. */
export const observed: MiddlewareObj[] = [
  injectLambdaContext(logger),
  { after: publishCounts, onError: publishCounts },
];

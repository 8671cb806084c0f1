import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE, type MetricName, metrics } from '../shared/metrics.ts';
import type { Config } from './config.ts';

/** What the clock measures it measures every quarter of an hour. */
const PERIOD = Duration.minutes(15);

/** The total of one of the pipeline's metrics, of this stack alone. */
export function pipelineMetric(
  { stackName }: Config,
  name: MetricName,
  { statistic = 'Sum', period = PERIOD, label }: MetricLook = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: name,
    dimensionsMap: { service: stackName },
    statistic,
    period,
    label: label ?? name,
  });
}

export interface MetricLook {
  readonly statistic?: 'Sum' | 'Maximum';
  readonly period?: Duration;
  readonly label?: string;
}

/** A metric once for each value that it is told apart by, as they come up. */
export function eachOf(
  { stackName }: Config,
  name: MetricName,
  statistic: 'Sum' | 'Maximum' = 'Sum',
): MathExpression {
  const metric = metrics[name];
  if (!('by' in metric)) throw new TypeError(`${name} is not told apart by anything`);
  const seconds = PERIOD.toSeconds();
  const which = `{${METRICS_NAMESPACE},service,${metric.by}}`;
  const search = `${which} MetricName="${name}" service="${stackName}"`;
  return new MathExpression({
    expression: `SEARCH('${search}', '${statistic}', ${seconds})`,
    usingMetrics: {},
    label: `\${PROP('Dim.${metric.by}')}`,
    period: PERIOD,
  });
}

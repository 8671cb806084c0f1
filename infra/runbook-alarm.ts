import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../shared/metrics.ts';

export interface RunbookAlarmProps {
  /** A metric of ours, whose sum is nothing on a healthy day. */
  readonly metricName: string;
  /** The function that publishes it. */
  readonly service: string;
  /** What it means when it is not. */
  readonly means: string;
  /** The heading in docs/runbook.md that says what to do. */
  readonly section: string;
}

/** An alarm that says what it means, and where it is written what to do; what is not published is well. */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    const { metricName, service, means, section } = props;
    super(scope, id, {
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { service },
        statistic: 'Sum',
        period: Duration.minutes(15),
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${means}. What to do: docs/runbook.md, "${section}"`,
    });
  }
}

import type { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps {
  readonly metric: IMetric;
  /** The least value that is an alarm; `below`: the least that is none. */
  readonly threshold: number;
  readonly is?: 'atLeast' | 'below';
  /** What it means. */
  readonly means: string;
  /** The heading in docs/runbook.md that says what to do. */
  readonly section: string;
  /** How long it must be so. */
  readonly periods?: number;
  readonly period?: Duration;
  readonly topic: ITopic | undefined;
}

/**
 * An alarm that says what it means, and where it is written what to do. What is not published is well,
 * except where it is silence that one waits for.
 */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    const { metric, threshold, means, section, periods = 1, is = 'atLeast', topic } = props;
    const isBelow = is === 'below';
    super(scope, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: isBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: isBelow ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: `${means}. What to do: ${runbookLink(section)}`,
    });
    if (!topic) return;
    this.addAlarmAction(new SnsAction(topic));
    this.addOkAction(new SnsAction(topic));
  }
}

/** The section of the runbook, as text that names the file in any checkout. */
function runbookLink(section: string): string {
  return `docs/runbook.md, "${section}"`;
}

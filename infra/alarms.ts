import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { MetricName } from '../shared/metrics.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import type { Config } from './config.ts';
import { type MetricLook, pipelineMetric } from './pipeline-metric.ts';
import { RunbookAlarm, type RunbookAlarmProps } from './runbook-alarm.ts';

/** A batch lives for a day, and its results are asked for again for another. */
const STUCK_HOURS = 52;

/** The few things that a person is called for; whatever else goes wrong mends itself, and is counted. */
export function addAlarms(scope: Construct, config: Config, clock: IFunction): RunbookAlarm[] {
  const topic = createAlarmTopic(scope, config);
  const alarms: RunbookAlarm[] = [];
  const alarm = (id: string, props: Omit<RunbookAlarmProps, 'topic'>) => {
    alarms.push(new RunbookAlarm(scope, `${id}Alarm`, { ...props, topic }));
  };
  const metric = (name: MetricName, look?: MetricLook) => pipelineMetric(config, name, look);

  alarm('ClockStopped', {
    metric: ticksDone(clock),
    is: 'below',
    threshold: 1,
    periods: 2,
    means: 'the clock does not run, or fails: what a lost message should have woken stays asleep',
    section: 'The clock does not run',
  });
  alarm('KeyRefused', {
    // Who is refused asks less and less often, down to once in an hour.
    metric: metric('KeyRefused', { period: Duration.hours(2) }),
    threshold: 2,
    means: 'TwelveLabs refuses the API key, or the plan does not allow what is asked: all waits',
    section: 'TwelveLabs refuses the key',
  });
  alarm('DeadLetters', {
    metric: metric('DeadLetters', { statistic: 'Maximum' }),
    threshold: 1,
    means:
      'a message could not be consumed in five tries; its row goes on by the clock, if it has one',
    section: 'A dead-letter queue is not empty',
  });
  alarm('RowsRescued', {
    metric: metric('RowsRescued'),
    threshold: 1,
    means:
      'the clock woke rows that a message should have woken: messages were lost, or a function fails',
    section: 'The clock woke what a message should have',
  });
  alarm('OldestUnderWay', {
    metric: metric('OldestUnderWay', { statistic: 'Maximum' }),
    threshold: STUCK_HOURS * 3_600,
    means: `something that waits for no turn has been in its state for more than ${STUCK_HOURS} hours`,
    section: 'Something does not get on',
  });
  alarm('Failures', {
    metric: failures(config),
    threshold: config.maxFailuresPerHour,
    means: `${config.maxFailuresPerHour} or more videos and analyses have failed within an hour`,
    section: 'Many videos or analyses fail',
  });
  alarm('AuditFindings', {
    metric: metric('AuditFindings'),
    threshold: 1,
    means: 'the audit of the table found a row that broke its rules, or overstayed',
    section: 'The audit found something',
  });
  alarm('WebhooksLost', {
    metric: metric('WebhooksLost', { period: Duration.hours(6) }),
    threshold: 3,
    means: 'webhooks of batches that were sent did not arrive: results come minutes later, no more',
    section: 'Do webhooks arrive?',
  });
  if (config.maxDollarsPerDay !== undefined) {
    alarm('Spend', {
      metric: dollars(config, Duration.days(1)),
      threshold: config.maxDollarsPerDay,
      means: `analyses of a day have cost $${config.maxDollarsPerDay} or more at TwelveLabs`,
      section: 'A day costs more than it may',
    });
  }
  return alarms;
}

/** Ticks of the clock that came to a good end. */
function ticksDone(clock: IFunction): MathExpression {
  const period = Duration.minutes(15);
  return new MathExpression({
    expression: 'FILL(ticks, 0) - FILL(errors, 0)',
    usingMetrics: {
      ticks: clock.metricInvocations({ period }),
      errors: clock.metricErrors({ period }),
    },
    period,
    label: 'ticks done',
  });
}

function failures(config: Config): MathExpression {
  const period = Duration.hours(1);
  return new MathExpression({
    expression: 'FILL(videos, 0) + FILL(analyses, 0)',
    usingMetrics: {
      videos: pipelineMetric(config, 'VideosFailed', { period }),
      analyses: pipelineMetric(config, 'AnalysesFailed', { period }),
    },
    period,
    label: 'failed',
  });
}

/** What the analyses that became ready cost at TwelveLabs, by the price that the settings name. */
export function dollars(config: Config, period: Duration): MathExpression {
  return new MathExpression({
    expression: `seconds / 3600 * ${config.dollarsPerHour}`,
    usingMetrics: { seconds: pipelineMetric(config, 'SecondsAnalyzed', { period }) },
    period,
    label: 'dollars',
  });
}

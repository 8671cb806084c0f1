import { Aws, Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MetricName } from '../shared/metrics.ts';
import { dollars } from './alarms.ts';
import type { Config } from './config.ts';
import { eachOf, pipelineMetric } from './pipeline-metric.ts';

/** Widgets of a row: it is 24 wide. */
const PER_ROW = 3;

/** One page, laid out along the way of a video: what came, what waits, what was sent, what came of it. */
export function addDashboard(scope: Construct, config: Config, alarms: readonly IAlarm[]): void {
  const total = (name: MetricName) => pipelineMetric(config, name);
  const gauge = (name: MetricName) => pipelineMetric(config, name, { statistic: 'Maximum' });
  const by = (name: MetricName) => eachOf(config, name);
  const atMost = (name: MetricName) => eachOf(config, name, 'Maximum');

  const rows: readonly (readonly [string, readonly (readonly [string, readonly IMetric[]])[]])[] = [
    [
      'Videos come in',
      [
        ['received and admitted', [total('VideosReceived'), total('VideosAdmitted')]],
        ['rejected, by cause', [by('VideosRejected')]],
        ['failed, by cause', [by('VideosFailed')]],
      ],
    ],
    [
      'They wait',
      [
        ['rows waiting, by stage', [atMost('RowsWaiting')]],
        ['age of the oldest (s), by stage', [atMost('OldestWaiting')]],
        ['analyses queued and sent back', [total('AnalysesQueued'), total('AnalysesSentBack')]],
      ],
    ],
    [
      'Batches run at TwelveLabs',
      [
        ['slots used in the account', [gauge('SlotsUsed')]],
        [
          'batches submitted, closed, abandoned',
          [total('BatchesSubmitted'), total('BatchesClosed'), total('BatchesAbandoned')],
        ],
        ['requests with a refused key', [total('KeyRefused')]],
      ],
    ],
    [
      'Results come back',
      [
        ['analyses submitted and ready', [total('AnalysesSubmitted'), total('AnalysesReady')]],
        ['analyses failed, by cause', [by('AnalysesFailed')]],
        [
          `spent at TwelveLabs, at $${config.dollarsPerHour} an hour of video`,
          [dollars(config, Duration.hours(1))],
        ],
      ],
    ],
    [
      'What holds it together',
      [
        ['webhooks of batches, by what became of them', [by('WebhookDelivery')]],
        [
          'what the clock rescued, by stage, and mended',
          [by('RowsRescued'), total('RowsMended'), total('RowsOverdue'), total('RowsUnreadable')],
        ],
        ['dead letters, by queue', [atMost('DeadLetters')]],
      ],
    ],
  ];

  new Dashboard(scope, 'Dashboard', {
    // Dashboards are an account's, whatever the region.
    dashboardName: `${config.stackName}-${Aws.REGION}`,
    defaultInterval: Duration.days(1),
    widgets: [
      [new AlarmStatusWidget({ title: 'alarms', alarms: [...alarms], width: 24, height: 2 })],
      ...rows.flatMap(([heading, widgets]) => [
        [new TextWidget({ markdown: `## ${heading}`, width: 24, height: 1 })],
        widgets.map(
          ([title, left]) =>
            new GraphWidget({ title, left: [...left], width: 24 / PER_ROW, height: 6 }),
        ),
      ]),
    ],
  });
}

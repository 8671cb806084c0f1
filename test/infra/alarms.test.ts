import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS_NAMESPACE, metrics } from '../../shared/metrics.ts';
import { alarmState, type Published } from '../support/alarm-state.ts';
import { resourcesOf, synthesizeWith } from '../support/synthesize-template.ts';

const template = synthesizeWith({ alarmEmail: 'ops@example.org', maxDollarsPerDay: '100' });
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

const hour = 3_600;

/** What a healthy day publishes in each period that an alarm looks at. */
const HEALTHY: Published = {
  Invocations: [15, 15],
  Errors: [0, 0],
  SecondsAnalyzed: [57 * hour],
  OldestUnderWay: [20 * hour],
  VideosFailed: [1],
  AnalysesFailed: [3],
  KeyRefused: [1],
  WebhooksLost: [1],
};

describe.each<[string, string, Published, Published]>([
  ['ClockStopped', 'a tick that fails now and then', { Errors: [0, 14] }, { Errors: [15, 15] }],
  [
    'ClockStopped',
    'a single quiet quarter of an hour',
    { Invocations: [15, undefined] },
    { Invocations: [undefined, undefined] },
  ],
  ['KeyRefused', 'a refusal that passes', { KeyRefused: [1] }, { KeyRefused: [2] }],
  ['DeadLetters', 'no letter', { DeadLetters: [undefined] }, { DeadLetters: [1] }],
  ['RowsRescued', 'no row', { RowsRescued: [undefined] }, { RowsRescued: [1] }],
  [
    'OldestUnderWay',
    'a batch that lives for its whole day',
    { OldestUnderWay: [49 * hour] },
    { OldestUnderWay: [52 * hour] },
  ],
  [
    'Failures',
    'some videos that are broken',
    { VideosFailed: [4], AnalysesFailed: [5] },
    { VideosFailed: [4], AnalysesFailed: [6] },
  ],
  [
    'Failures',
    'nothing that fails',
    { VideosFailed: [undefined], AnalysesFailed: [undefined] },
    { VideosFailed: [undefined], AnalysesFailed: [10] },
  ],
  ['AuditFindings', 'no finding', { AuditFindings: [undefined] }, { AuditFindings: [1] }],
  ['WebhooksLost', 'one that is lost', { WebhooksLost: [2] }, { WebhooksLost: [3] }],
  [
    'Spend',
    'a day within its budget',
    { SecondsAnalyzed: [57 * hour] },
    { SecondsAnalyzed: [58 * hour] },
  ],
])('the alarm %s', (name, _what, quiet, loud) => {
  const alarm = alarms.find(([id]) => id.startsWith(`${name}Alarm`))?.[1] ?? {};

  it(`is silent at ${_what}, and sounds beyond it`, () => {
    expect(alarmState(alarm, { ...HEALTHY, ...quiet })).toBe('OK');
    expect(alarmState(alarm, { ...HEALTHY, ...loud })).toBe('ALARM');
  });
});

describe('alarms', () => {
  it.each([
    ['ClockStopped', 2, 15 * 60, 'Sum'],
    ['KeyRefused', 1, 2 * hour, 'Sum'],
    ['DeadLetters', 1, 15 * 60, 'Maximum'],
    ['RowsRescued', 1, 15 * 60, 'Sum'],
    ['OldestUnderWay', 1, 15 * 60, 'Maximum'],
    ['Failures', 1, hour, 'Sum'],
    ['AuditFindings', 1, 15 * 60, 'Sum'],
    ['WebhooksLost', 1, 6 * hour, 'Sum'],
    ['Spend', 1, 24 * hour, 'Sum'],
  ])('%s looks at %i spans of %i s, by their %s', (name, periods, seconds, statistic) => {
    const alarm = alarms.find(([id]) => id.startsWith(`${name}Alarm`))?.[1] ?? {};
    expect(alarm['EvaluationPeriods']).toBe(periods);
    for (const stat of statsOf(alarm)) expect(stat).toEqual([seconds, statistic]);
  });

  it('are all silent on a healthy day, and but for the clock when nothing happens', () => {
    for (const [id, alarm] of alarms) {
      expect(alarmState(alarm, HEALTHY), id).toBe('OK');
      const isClock = id.startsWith('ClockStopped');
      expect(alarmState(alarm, {}), id).toBe(isClock ? 'ALARM' : 'OK');
    }
  });

  it('say what they mean, and name a section of the runbook that tells means, look at and do', () => {
    expect(alarms).toHaveLength(9);
    for (const [id, { AlarmDescription: description }] of alarms) {
      const [, section] = /docs\/runbook\.md, "(.+)"$/.exec(String(description)) ?? [];
      expect(section, id).toBeDefined();
      const [, text = ''] = runbook.split(`\n## ${section}\n`);
      const body = text.split('\n## ')[0] ?? '';
      for (const part of ['Means:', 'Look at:', 'Do:'])
        expect(body, `${section} ${part}`).toContain(part);
    }
  });

  it('watch metrics of the pipeline, of this stack alone, that the functions publish', () => {
    for (const [id, alarm] of alarms) {
      for (const { Namespace, MetricName, Dimensions } of watched(alarm)) {
        if (Namespace === 'AWS/Lambda') continue;
        expect(Namespace, id).toBe(METRICS_NAMESPACE);
        expect(Object.keys(metrics), id).toContain(MetricName);
        expect(Dimensions, id).toEqual([{ Name: 'service', Value: 'Reelbatch' }]);
      }
    }
  });

  it('go to the address that was given, and say when it is over', () => {
    const [[topicId] = ['']] = resourcesOf(template, 'AWS::SNS::Topic');
    const [[, policy] = ['', {}]] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
    expect(policy['PolicyDocument']).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
        }),
      ]),
    });
    for (const [id, { AlarmActions, OKActions }] of alarms) {
      expect(AlarmActions, id).toEqual([{ Ref: topicId }]);
      expect(OKActions, id).toEqual([{ Ref: topicId }]);
    }
    const existing = 'arn:aws:sns:eu-west-1:123456789012:ours';
    const other = synthesizeWith({ alarmTopicArn: existing });
    expect(resourcesOf(other, 'AWS::SNS::Topic')).toEqual([]);
    for (const [id, { AlarmActions }] of resourcesOf(other, 'AWS::CloudWatch::Alarm')) {
      expect(AlarmActions, id).toEqual([existing]);
    }
  });
});

interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: unknown;
}

function watched(alarm: Record<string, unknown>): Watched[] {
  const queries = alarm['Metrics'] as { MetricStat?: { Metric: Watched } }[] | undefined;
  if (!queries) return [alarm as unknown as Watched];
  return queries.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
}

/** The span in seconds and the statistic of each metric that an alarm looks at. */
function statsOf(alarm: Record<string, unknown>): unknown[] {
  const queries = alarm['Metrics'] as
    | { MetricStat?: { Period: number; Stat: string } }[]
    | undefined;
  if (!queries) return [[alarm['Period'], alarm['Statistic']]];
  return queries.flatMap(({ MetricStat: it }) => (it ? [[it.Period, it.Stat]] : []));
}

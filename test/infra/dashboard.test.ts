import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { metrics } from '../../shared/metrics.ts';
import { resourcesOf, synthesizeWith } from '../support/synthesize-template.ts';

function bodyOf(context: Record<string, unknown> = {}): string {
  const dashboards = resourcesOf(synthesizeWith(context), 'AWS::CloudWatch::Dashboard');
  expect(dashboards).toHaveLength(1);
  return JSON.stringify(dashboards[0]?.[1]['DashboardBody']);
}

it('shows every metric that the functions publish, but for what another shows better', () => {
  const body = bodyOf();
  // The age by stage tells it, the deliveries by outcome, and the findings one by one.
  const shownBetter = [
    'OldestUnderWay',
    'WebhooksLost',
    'AuditFindings',
    'RowsWoken',
    'WebhookReceived',
  ];
  // An alarm's id may begin with the name of its metric.
  const isShown = (name: string) => new RegExp(`${name}(?!Alarm)`).test(body);
  const left = Object.keys(metrics).filter((name) => !isShown(name));
  expect(left.toSorted()).toEqual(shownBetter.toSorted());
});

it('shows what a stack spends at the price of its settings', () => {
  expect(bodyOf({ dollarsPerHour: '2.5' })).toContain('seconds / 3600 * 2.5');
});

it('shows one stack alone', () => {
  expect(bodyOf({ stackName: 'Other' })).not.toContain(
    'Reelbatch\\\\",\\\\"service\\\\",\\\\"Reelbatch',
  );
});

it('has every widget that the runbook sends people to', () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const named = [...runbook.matchAll(/the dashboard, `([^`]+)`/g)].map(([, title]) => title);
  expect(named.length).toBeGreaterThan(3);
  const body = bodyOf();
  for (const title of named) expect(body).toContain(title);
});

it('shows the state of every alarm', () => {
  const template = synthesizeWith();
  const body = JSON.stringify(resourcesOf(template, 'AWS::CloudWatch::Dashboard'));
  for (const [id] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
    expect(body).toContain(`{"Fn::GetAtt":["${id}","Arn"]}`);
  }
});

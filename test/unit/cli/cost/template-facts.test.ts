import { describe, expect, it } from 'vitest';
import type { CloudResource } from '../../../../cli/cost/cloud-resource.ts';
import { synthesizeTemplate } from '../../../../cli/cost/synthesize-template.ts';
import { templateFacts } from '../../../../cli/cost/template-facts.ts';

const facts = (Resources: Record<string, CloudResource>) => templateFacts({ Resources });
const one = (Type: string, Properties: Record<string, unknown> = {}) =>
  facts({ Thing0A1B2C3D: { Type, Properties } });

describe('of the stack as it would be deployed', () => {
  const found = templateFacts(synthesizeTemplate());

  it('each resource has its price, or is known to have none', () => {
    expect(found.notPriced).toEqual([]);
  });

  it('every function is known by name, with its memory', () => {
    const names = found.functions.map((it) => it.name);
    expect(names).toContain('AcceptUpload');
    expect(names).toContain('WakeDue');
    for (const it of found.functions) expect(it.memoryMegabytes, it.name).toBeGreaterThan(0);
  });

  it('queues that feed functions, secrets, the clock, rates and retention are found', () => {
    expect(Object.keys(found.pollers)).toContain('RegisterAsset');
    expect(found.secrets).toBeGreaterThan(0);
    expect(found.scheduledCalls).toEqual({ WakeDue: 43_800 });
    expect(found.uploadsPerMinute).toBe(60);
    expect(found.uploadsPerDay).toBe(3_000);
    expect(found.logDays).toBeLessThan(Infinity);
    expect(found.hasPointInTimeRecovery).toBe(true);
  });
});

describe('named as not priced', () => {
  it('is a resource that nobody has said the price of', () => {
    expect(one('AWS::EC2::NatGateway').notPriced).toEqual(['AWS::EC2::NatGateway']);
  });

  it('is a table with provisioned capacity, and none on demand', () => {
    const type = 'AWS::DynamoDB::GlobalTable';
    expect(one(type, { BillingMode: 'PAY_PER_REQUEST' }).notPriced).toEqual([]);
    expect(one(type).notPriced).toEqual([`${type} with provisioned capacity`]);
  });

  it('is a schedule that is no rate', () => {
    const rule = (ScheduleExpression: string) => one('AWS::Events::Rule', { ScheduleExpression });
    expect(rule('rate(5 minutes)').notPriced).toEqual([]);
    expect(rule('cron(0 12 * * ? *)').notPriced).toEqual([
      'AWS::Events::Rule on cron(0 12 * * ? *)',
    ]);
  });
});

describe('an alarm is paid', () => {
  const stat = (Period: number) => ({ MetricStat: { Metric: {}, Period, Stat: 'Sum' } });

  it('once, for one metric', () => {
    expect(one('AWS::CloudWatch::Alarm', { Period: 60 }).alarmMetrics).toBe(1);
  });

  it('for each metric that its expression reckons with', () => {
    const Metrics = [{ Expression: 'a + b' }, stat(300), stat(300)];
    expect(one('AWS::CloudWatch::Alarm', { Metrics }).alarmMetrics).toBe(2);
  });

  it('as one of high resolution below a minute', () => {
    const found = one('AWS::CloudWatch::Alarm', { Period: 10 });
    expect([found.alarmMetrics, found.fastAlarmMetrics]).toEqual([0, 1]);
  });
});

describe('a schedule calls its function', () => {
  const rule = (more: object) =>
    one('AWS::Events::Rule', {
      ScheduleExpression: 'rate(2 hours)',
      Targets: [{ Arn: { 'Fn::GetAtt': ['SweepFunction0A1B2C3D', 'Arn'] } }],
      ...more,
    }).scheduledCalls;

  it('as often as its rate says in 730 hours', () => {
    expect(rule({})).toEqual({ Sweep: 365 });
  });

  it('never, when it is switched off', () => {
    expect(rule({ State: 'DISABLED' })).toEqual({});
  });
});

it('logs without a retention are kept for ever', () => {
  expect(one('AWS::Logs::LogGroup').logDays).toBe(Infinity);
});

it('a mapping that is switched off polls nothing', () => {
  const mapping = (more: object) =>
    one('AWS::Lambda::EventSourceMapping', { FunctionName: { Ref: 'Sweep0A1B2C3D' }, ...more });
  expect(mapping({ BatchSize: 5 }).pollers).toEqual({ Sweep: 5 });
  expect(mapping({ Enabled: false }).pollers).toEqual({});
});

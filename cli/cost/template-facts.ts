import { type CloudResource, idOf, numberIn, objectIn, stringIn } from './cloud-resource.ts';
import { FREE_TYPES, PRICED_TYPES } from './resource-types.ts';

/** A function, as far as its price depends on it. */
export interface FunctionFacts {
  /** Its name in the template without the hash, as `AcceptUpload`. */
  readonly name: string;
  readonly memoryMegabytes: number;
  readonly isArm: boolean;
  readonly isTraced: boolean;
}

/** All that the synthesized template says of what will be paid. */
export interface TemplateFacts {
  readonly functions: readonly FunctionFacts[];
  /**
   * Queues that Lambda polls, by the function that they feed, with the messages of an invocation.
   */
  readonly pollers: Readonly<Record<string, number>>;
  /** By function: how often schedules call it in a month. */
  readonly scheduledCalls: Readonly<Record<string, number>>;
  readonly secrets: number;
  readonly alarmMetrics: number;
  readonly fastAlarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  readonly keys: number;
  readonly hasPointInTimeRecovery: boolean;
  /** The longest that logs are kept; Infinity when some are never deleted. */
  readonly logDays: number;
  readonly uploadsPerMinute: number;
  readonly uploadsPerDay: number;
  /** Resource types that nobody has said what they cost, and properties that change a price. */
  readonly notPriced: readonly string[];
}

type Resources = Readonly<Record<string, CloudResource>>;

/** A month of AWS's price pages. */
export const HOURS_A_MONTH = 730;
const MINUTES_A_MONTH = HOURS_A_MONTH * 60;
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;

/** Reads a CloudFormation template. */
export function templateFacts({ Resources: resources }: { Resources: Resources }): TemplateFacts {
  const of = (type: string) => Object.entries(resources).filter(([, it]) => it.Type === type);
  const functions = of('AWS::Lambda::Function');
  const alarms = of('AWS::CloudWatch::Alarm').map(([, it]) => alarmFacts(it));
  const rates = functions.map(([, it]) => variablesOf(it)).find((it) => it['UPLOADS_PER_MINUTE']);
  const tables = of('AWS::DynamoDB::GlobalTable').concat(of('AWS::DynamoDB::Table'));
  return {
    functions: functions.map(([id, it]) => functionFacts(id, it)),
    pollers: Object.fromEntries(
      of('AWS::Lambda::EventSourceMapping')
        .filter(([, { Properties: it = {} }]) => it['Enabled'] !== false)
        .map(([, it]) => [nameOf(idOf(it, 'FunctionName')), numberIn(it, 'BatchSize') ?? 10]),
    ),
    scheduledCalls: scheduledCalls(of('AWS::Events::Rule').map(([, it]) => it)),
    secrets: of('AWS::SecretsManager::Secret').length,
    alarmMetrics: sum(alarms.filter((it) => !it.isFast).map((it) => it.metrics)),
    fastAlarmMetrics: sum(alarms.filter((it) => it.isFast).map((it) => it.metrics)),
    compositeAlarms: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    keys: of('AWS::KMS::Key').length,
    hasPointInTimeRecovery: tables.some(([, it]) =>
      JSON.stringify(it).includes('"PointInTimeRecoveryEnabled":true'),
    ),
    logDays: Math.max(
      0,
      ...of('AWS::Logs::LogGroup').map(([, it]) => numberIn(it, 'RetentionInDays') ?? Infinity),
    ),
    uploadsPerMinute: Number(rates?.['UPLOADS_PER_MINUTE'] ?? 60),
    uploadsPerDay: Number(rates?.['UPLOADS_PER_DAY'] ?? 3_000),
    notPriced: notPriced(resources),
  };
}

function functionFacts(logicalId: string, resource: CloudResource): FunctionFacts {
  const architectures = (resource.Properties?.['Architectures'] ?? []) as unknown[];
  return {
    name: nameOf(logicalId),
    memoryMegabytes: numberIn(resource, 'MemorySize') ?? 128,
    isArm: architectures.includes('arm64'),
    isTraced: stringIn(objectIn(resource, 'TracingConfig'), 'Mode') === 'Active',
  };
}

/** `AcceptUploadFunction0A1B2C3D` is `AcceptUpload`. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/(Function)?[0-9A-F]{8}$/, '');
}

function variablesOf(resource: CloudResource): Record<string, unknown> {
  const { Variables: variables } = objectIn(resource, 'Environment').Properties ?? {};
  return (variables ?? {}) as Record<string, unknown>;
}

/** An alarm on an expression is billed for each metric of it. */
function alarmFacts(alarm: CloudResource): { metrics: number; isFast: boolean } {
  const queries = (alarm.Properties?.['Metrics'] ?? []) as { MetricStat?: { Period?: number } }[];
  const stats = queries.flatMap(({ MetricStat: it }) => (it ? [it] : []));
  const periods = [numberIn(alarm, 'Period'), ...stats.map((it) => it.Period)];
  return { metrics: Math.max(1, stats.length), isFast: periods.some((it) => (it ?? 60) < 60) };
}

function scheduledCalls(rules: readonly CloudResource[]): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const rule of rules.filter((it) => it.Properties?.['State'] !== 'DISABLED')) {
    const rate = RATE.exec(stringIn(rule, 'ScheduleExpression'));
    const minutes = { minute: 1, hour: 60, day: 1_440 }[rate?.[2] ?? ''];
    if (!rate || minutes === undefined) continue;
    for (const target of (rule.Properties?.['Targets'] ?? []) as Record<string, unknown>[]) {
      const name = nameOf(idOf({ Type: '', Properties: target }, 'Arn'));
      calls[name] = (calls[name] ?? 0) + MINUTES_A_MONTH / (Number(rate[1]) * minutes);
    }
  }
  return calls;
}

function notPriced(resources: Resources): string[] {
  const types = Object.values(resources).map(({ Type: type }) => type);
  const unknown = types.filter((it) => !FREE_TYPES.has(it) && !PRICED_TYPES.has(it));
  const odd = Object.values(resources).flatMap(oddity);
  return [...new Set([...unknown, ...odd])].toSorted();
}

/** What of a known type is billed in a way that nobody has reckoned. */
function oddity(resource: CloudResource): string[] {
  const { Type: type } = resource;
  const isTable = type.startsWith('AWS::DynamoDB::');
  if (isTable && stringIn(resource, 'BillingMode') !== 'PAY_PER_REQUEST') {
    return [`${type} with provisioned capacity`];
  }
  const schedule = stringIn(resource, 'ScheduleExpression');
  return schedule !== '' && !RATE.test(schedule) ? [`${type} on ${schedule}`] : [];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, it) => total + it, 0);
}

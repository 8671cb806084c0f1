import type { Properties } from './synthesize-template.ts';

/** Values of metrics by name, one a period, newest last; undefined where nothing was published. */
export type Published = Readonly<Record<string, readonly (number | undefined)[]>>;

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string } };
}

/**
 * The state that CloudWatch would show for an alarm of a template, as its documentation evaluates one:
 * every period of the evaluation breaches, and missing ones count as the alarm says.
 */
export function alarmState(alarm: Properties, published: Published): 'ALARM' | 'OK' {
  const periods = Number(alarm['EvaluationPeriods']);
  const breaches = Array.from({ length: periods }, (_, back) => {
    const value = observed(alarm, published, back);
    if (value === undefined) return alarm['TreatMissingData'] === 'breaching';
    const threshold = Number(alarm['Threshold']);
    switch (alarm['ComparisonOperator']) {
      case 'GreaterThanOrEqualToThreshold':
        return value >= threshold;
      case 'LessThanThreshold':
        return value < threshold;
      default:
        throw new Error(`${alarm['ComparisonOperator']} is not evaluated here`);
    }
  });
  return breaches.every(Boolean) ? 'ALARM' : 'OK';
}

function observed(alarm: Properties, published: Published, back: number): number | undefined {
  const valueOfMetric = (name: unknown) => published[String(name)]?.at(-1 - back);
  const queries = alarm['Metrics'] as readonly Query[] | undefined;
  if (!queries) return valueOfMetric(alarm['MetricName']);
  const values: Record<string, number | undefined> = {};
  for (const { Id, MetricStat } of queries) {
    if (MetricStat) values[Id] = valueOfMetric(MetricStat.Metric.MetricName);
  }
  const [only = '', ...others] = Object.keys(values);
  const expression = queries.find((it) => it.Expression)?.Expression;
  if (expression) return evaluate(expression, values);
  if (others.length > 0) throw new Error('several metrics without an expression');
  return values[only];
}

/** Metric math as far as the alarms use it: `a - b`, `FILL(a, 0) + FILL(b, 0)`, `a / n * m`. */
function evaluate(
  expression: string,
  values: Readonly<Record<string, number | undefined>>,
): number | undefined {
  const filled = expression.replaceAll(/FILL\((\w+), 0\)/g, (_, id) => String(values[id] ?? 0));
  let isMissing = false;
  const numbers = filled.replaceAll(/[a-z]\w*/g, (id) => {
    if (!(id in values)) throw new Error(`${expression}: ${id} is no metric of it`);
    isMissing ||= values[id] === undefined;
    return String(values[id] ?? 0);
  });
  if (isMissing) return undefined;
  const [first = '', ...rest] = numbers.split(' ');
  let result = Number(first);
  for (let at = 0; at < rest.length; at += 2) {
    const by = Number(rest[at + 1]);
    const signs = { '+': result + by, '-': result - by, '/': result / by, '*': result * by };
    result = signs[rest[at] as keyof typeof signs];
  }
  if (!Number.isFinite(result)) throw new Error(`${expression} is not evaluated here`);
  return result;
}

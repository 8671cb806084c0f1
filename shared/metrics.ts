/** Where CloudWatch keeps the metrics of every pipeline; each is told apart by its stack (`service`). */
export const METRICS_NAMESPACE = 'Reelbatch';

interface Metric {
  readonly unit: 'Count' | 'Seconds';
  /** What its values are told apart by, besides their total. */
  readonly by?: 'cause' | 'outcome' | 'queue' | 'stage';
  /** Of a metric that is told apart: there is no total of it. */
  readonly noTotal?: true;
}

/**
 * Every metric of the pipeline. What is 0 is not published, and costs nothing. The dashboard, the alarms
 * and the table in docs/architecture.md name no other.
 */
export const metrics = {
  VideosReceived: { unit: 'Count' },
  VideosAdmitted: { unit: 'Count' },
  VideosRejected: { unit: 'Count', by: 'cause' },
  VideosFailed: { unit: 'Count', by: 'cause' },
  AnalysesQueued: { unit: 'Count' },
  AnalysesSubmitted: { unit: 'Count' },
  AnalysesSentBack: { unit: 'Count', by: 'cause' },
  AnalysesReady: { unit: 'Count' },
  AnalysesFailed: { unit: 'Count', by: 'cause' },
  SecondsAnalyzed: { unit: 'Seconds' },
  BatchesSubmitted: { unit: 'Count' },
  BatchesClosed: { unit: 'Count' },
  BatchesAbandoned: { unit: 'Count' },
  SlotsUsed: { unit: 'Count' },
  KeyRefused: { unit: 'Count' },
  WebhookReceived: { unit: 'Count', by: 'outcome', noTotal: true },
  WebhookDelivery: { unit: 'Count', by: 'outcome', noTotal: true },
  WebhooksLost: { unit: 'Count' },
  RowsWaiting: { unit: 'Count', by: 'stage', noTotal: true },
  OldestWaiting: { unit: 'Seconds', by: 'stage', noTotal: true },
  OldestUnderWay: { unit: 'Seconds' },
  RowsWoken: { unit: 'Count', by: 'stage', noTotal: true },
  RowsRescued: { unit: 'Count', by: 'stage' },
  RowsMended: { unit: 'Count' },
  RowsOverdue: { unit: 'Count' },
  RowsUnreadable: { unit: 'Count' },
  AuditFindings: { unit: 'Count' },
  DeadLetters: { unit: 'Count', by: 'queue' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** What a value is told apart by: the dimension that its metric has in the catalogue, if any. */
export type By = Readonly<Partial<Record<NonNullable<Metric['by']>, string>>>;

/**
 * Adds to a count, which is published when the invocation is over: with what it is told apart by, and in
 * total.
 */
export type Count = (name: MetricName, value: number, by?: By) => void;

/** Publishes a value as it is now. */
export type Measure = Count;

/** What is to be published under one name. */
export interface Published {
  readonly name: MetricName;
  readonly unit: Metric['unit'];
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A cause is a code of ours or the provider's: what is none must not become a metric of its own. */
const CODE = /^[\w.:-]{1,60}$/;

/** The metrics that one value is published as. */
export function publishedAs(name: MetricName, value: number, by: By = {}): Published[] {
  const { unit, noTotal }: Metric = metrics[name];
  const dimensions = Object.fromEntries(
    Object.entries(by).map(([key, is]) => [key, CODE.test(is) ? is : 'other']),
  );
  const isTold = Object.keys(by).length > 0;
  return [
    ...(isTold ? [{ name, unit, value, dimensions }] : []),
    ...(isTold && noTotal ? [] : [{ name, unit, value, dimensions: {} }]),
  ];
}

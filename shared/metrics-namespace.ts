/** Where CloudWatch keeps the metrics of the pipeline. */
export const METRICS_NAMESPACE = 'Reelbatch';

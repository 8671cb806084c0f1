/** The types of the events that a box may send. */
export const eventTypes = [
  'analyze.batch.completed',
  'analyze.batch.ready',
  'analyze.batch.canceled',
  'analyze.batch.expired',
  'analyze.task.ready',
  'analyze.task.failed',
  'analyze.task.canceled',
] as const;

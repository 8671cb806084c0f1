import type { Operations } from './operations.ts';
import { HOURS_A_MONTH, type TemplateFacts } from './template-facts.ts';
import type { Use } from './usage.ts';
import { workUsage } from './work-usage.ts';

/**
 * Lambda polls a queue that it feeds a function from with five connections, each waiting for 20 s,
 * also when nothing comes: 15 empty receives a minute, as many have seen
 * (https://github.com/getlift/lift/issues/132). AWS says that it polls, and that this is billed,
 * but not how often.
 */
const POLLS_A_MINUTE = 15;
const SECONDS_A_MONTH = HOURS_A_MONTH * 3_600;

/** What a month costs in which nobody drops a video. */
export function idleMonth(facts: TemplateFacts, { idle, measured }: Operations): Use[] {
  const pollers = Object.keys(facts.pollers).length;
  const months = HOURS_A_MONTH / measured.idleHours;
  const ofFunction = (name: string) => {
    const done = idle.functions[name]?.invocations;
    const scheduled = facts.scheduledCalls[name];
    return done && scheduled !== undefined ? scheduled / done : months;
  };
  // What the clock does it does as often as it is called.
  const [clock] = Object.keys(facts.scheduledCalls);
  const ticks = clock === undefined ? months : ofFunction(clock);
  const scale = { ofFunction, ofRow: () => ticks, ofRest: ticks, seconds: SECONDS_A_MONTH };
  return [
    ...workUsage(idle, scale, facts),
    {
      price: 'sqsRequest',
      quantity: pollers * POLLS_A_MINUTE * HOURS_A_MONTH * 60,
      note: `Lambda polls ${pollers} queues`,
    },
    { price: 'secretMonth', quantity: facts.secrets },
    { price: 'alarmMonth', quantity: facts.alarmMetrics },
    { price: 'fastAlarmMonth', quantity: facts.fastAlarmMetrics },
    { price: 'compositeAlarmMonth', quantity: facts.compositeAlarms },
    { price: 'dashboardMonth', quantity: facts.dashboards },
    { price: 'keyMonth', quantity: facts.keys },
    { price: 'metricMonth', quantity: idle.metrics.length },
  ];
}

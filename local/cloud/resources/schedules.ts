import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { Stack } from '../template/stack.ts';
import { functionNamed } from './event-sources.ts';
import type { FunctionPlan } from './functions.ts';
import { readProperties } from './read-properties.ts';

/** Functions that are called every so often. */
export interface SchedulePlan {
  readonly ruleLogicalId: string;
  readonly ruleArn: string;
  readonly periodMs: number;
  readonly targets: readonly {
    readonly functionLogicalId: string;
    /** In place of the usual event. */
    readonly input: unknown;
  }[];
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const ruleProperties = z.object({
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(z.object({ Arn: z.string(), Input: z.string().optional() })).default([]),
});

/** The schedules that a stack asks for. */
export function planSchedules(stack: Stack, functions: readonly FunctionPlan[]): SchedulePlan[] {
  return stack.resources('AWS::Events::Rule').flatMap((resource) => {
    const { logicalId, identity } = resource;
    const rule = readProperties(resource, ruleProperties);
    const periodMs = rateMs(rule.ScheduleExpression, logicalId);
    if (rule.State === 'DISABLED') return [];
    const targets = rule.Targets.map(({ Arn, Input }) => ({
      functionLogicalId: functionNamed(functions, Arn, logicalId).logicalId,
      input: Input === undefined ? undefined : (JSON.parse(Input) as unknown),
    }));
    return {
      ruleLogicalId: logicalId,
      ruleArn: identity.attributes['Arn'] ?? '',
      periodMs,
      targets,
    };
  });
}

function rateMs(expression: string, logicalId: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit as keyof typeof UNIT_MS];
  if (!unitMs || !Number(count)) {
    throw new CloudError(
      `${logicalId}: the schedule ${expression} is not supported, only rate(1 minute) and the like`,
    );
  }
  return Number(count) * unitMs;
}

import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';
import { functionNamed } from '../resources/event-sources.ts';
import type { FunctionPlan } from '../resources/functions.ts';
import type { HttpApiPlan } from '../resources/http-routes.ts';
import { readProperties } from '../resources/read-properties.ts';
import type { SchedulePlan } from '../resources/schedules.ts';
import type { Stack } from '../template/stack.ts';
import { type Condition, onBehalfOf } from './condition.ts';
import { type AttachedStatement, decide } from './decide.ts';

const permissionProperties = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** What calls functions, and from where. */
export interface FunctionCallers {
  readonly functions: readonly FunctionPlan[];
  readonly httpApi: HttpApiPlan;
  readonly schedules: readonly SchedulePlan[];
}

/**
 * Refuses a stack in which the HTTP API or a schedule calls a function that has no permission for it:
 * on AWS the API would answer 500, and the schedule call nothing.
 */
export function checkInvokePermissions(stack: Stack, callers: FunctionCallers): void {
  const { functions, httpApi, schedules } = callers;
  const permissions = stack
    .resources('AWS::Lambda::Permission')
    .map((resource) =>
      readPermission(resource.logicalId, readProperties(resource, permissionProperties), functions),
    );
  const check = (service: string, sourceArn: string, functionLogicalId: string, what: string) => {
    const resource = functions.find(({ logicalId }) => logicalId === functionLogicalId)?.arn ?? '';
    const invoke = { action: 'lambda:InvokeFunction', resource };
    const policies = { identity: [], attached: permissions };
    if (decide({ service }, invoke, policies, onBehalfOf(sourceArn)).allowed) return;
    throw new CloudError(
      `${functionLogicalId}: no AWS::Lambda::Permission lets ${service} invoke it for ${what}`,
    );
  };
  for (const { routeKey, functionLogicalId } of httpApi.routes) {
    const source = routeArn(httpApi.apiId, routeKey);
    check('apigateway.amazonaws.com', source, functionLogicalId, `the route ${routeKey}`);
  }
  for (const { ruleLogicalId, ruleArn, targets } of schedules) {
    for (const { functionLogicalId } of targets) {
      check('events.amazonaws.com', ruleArn, functionLogicalId, `the rule ${ruleLogicalId}`);
    }
  }
}

function readPermission(
  logicalId: string,
  {
    Action,
    FunctionName,
    Principal,
    SourceArn,
    SourceAccount,
  }: z.infer<typeof permissionProperties>,
  functions: readonly FunctionPlan[],
): AttachedStatement {
  const { arn } = functionNamed(functions, FunctionName, logicalId);
  const isService = Principal.endsWith('.amazonaws.com');
  const conditions: Condition[] = [];
  if (SourceArn)
    conditions.push({ operator: 'ArnLike', key: 'aws:sourcearn', values: [SourceArn] });
  if (SourceAccount) {
    conditions.push({
      operator: 'StringEquals',
      key: 'aws:sourceaccount',
      values: [SourceAccount],
    });
  }
  return {
    attachedTo: arn,
    statement: {
      effect: 'Allow',
      actions: [Action],
      resources: [arn],
      principals: { aws: isService ? [] : [Principal], services: isService ? [Principal] : [] },
      conditions,
    },
  };
}

/** The ARN of a route, as API Gateway names it when it calls; variables of the path are stars there. */
function routeArn(apiId: string, routeKey: string): string {
  const [method = '', path] = routeKey.split(' ');
  const api = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${apiId}/$default`;
  if (path === undefined) return `${api}/${method}`;
  return `${api}/${method === 'ANY' ? '*' : method}${path.replace(/\{[^}]+\}/g, '*')}`;
}

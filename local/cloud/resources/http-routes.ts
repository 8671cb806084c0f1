import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { Stack } from '../template/stack.ts';
import { functionNamed } from './event-sources.ts';
import type { FunctionPlan } from './functions.ts';
import { readProperties } from './read-properties.ts';

/** A route of the HTTP API. */
export interface HttpRoute {
  /** As in the template: `POST /webhooks/{id}`, `$default`. */
  readonly routeKey: string;
  readonly functionLogicalId: string;
  readonly timeoutMs: number;
}

/** All of the HTTP API. */
export interface HttpApiPlan {
  readonly apiId: string;
  readonly routes: readonly HttpRoute[];
}

const LONGEST_INTEGRATION_MS = 30_000;

const integrationProperties = z.object({
  IntegrationUri: z.string(),
  TimeoutInMillis: z.coerce.number().max(LONGEST_INTEGRATION_MS).default(LONGEST_INTEGRATION_MS),
});

const routeProperties = z.object({ RouteKey: z.string(), Target: z.string() });

/** The HTTP API that a stack asks for; without one, an API that has no routes. */
export function planHttpApi(stack: Stack, functions: readonly FunctionPlan[]): HttpApiPlan {
  const [api, ...others] = stack.resources('AWS::ApiGatewayV2::Api');
  if (others.length > 0) {
    throw new CloudError('the local cloud serves one HTTP API; the template has more');
  }
  const stages = stack.resources('AWS::ApiGatewayV2::Stage');
  if (api && stages.length !== 1) {
    throw new CloudError(`${api.logicalId}: the HTTP API needs one stage, $default`);
  }
  const integrations = new Map(
    stack
      .resources('AWS::ApiGatewayV2::Integration')
      .map((integration) => [
        `integrations/${integration.identity.ref}`,
        { ...readProperties(integration, integrationProperties), where: integration.logicalId },
      ]),
  );
  const routes = stack.resources('AWS::ApiGatewayV2::Route').map((route) => {
    const { logicalId } = route;
    const { RouteKey, Target } = readProperties(route, routeProperties);
    const integration = integrations.get(Target);
    if (!integration) throw new CloudError(`${logicalId}: ${Target} is no integration here`);
    const { IntegrationUri, TimeoutInMillis, where } = integration;
    return {
      routeKey: RouteKey,
      functionLogicalId: functionNamed(functions, IntegrationUri, where).logicalId,
      timeoutMs: TimeoutInMillis,
    };
  });
  return { apiId: api?.identity.ref ?? 'none', routes };
}

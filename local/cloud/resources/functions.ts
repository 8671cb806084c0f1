import * as z from 'zod';
import type { Assembly } from '../assembly.ts';
import { CloudError } from '../cloud-error.ts';
import type { Stack } from '../template/stack.ts';
import { readProperties } from './read-properties.ts';

/** A function to run. */
export interface FunctionPlan {
  readonly logicalId: string;
  readonly functionName: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Where its logs go; undefined: to a group that Lambda makes for it. */
  readonly logGroupName: string | undefined;
  /** Whether its calls are traced. */
  readonly isTraced: boolean;
  readonly assetDirectory: string;
  /** As Lambda writes it: `file.export`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | undefined;
  /** How often an event without a waiting caller is tried again. */
  readonly retryAttempts: number;
}

const DEFAULT_RETRY_ATTEMPTS = 2;

const functionProperties = z.object({
  Handler: z.string().regex(/^[^.]+(\.[^.]+)+$/, 'a handler is written file.export'),
  Runtime: z.string(),
  Role: z.string(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).default({}),
  TracingConfig: z.object({ Mode: z.string().optional() }).default({}),
  Code: z.object({ S3Key: z.string() }),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z
    .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
});

const invokeConfigProperties = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.coerce.number().default(DEFAULT_RETRY_ATTEMPTS),
});

/** The functions that a stack asks for; `overrides` replaces values of variables they declare. */
export function planFunctions(
  stack: Stack,
  assembly: Assembly,
  overrides: Readonly<Record<string, string>>,
): FunctionPlan[] {
  const invokeConfigs = stack
    .resources('AWS::Lambda::EventInvokeConfig')
    .map((config) => readProperties(config, invokeConfigProperties));
  const plans = stack.resources('AWS::Lambda::Function').map((resource) => {
    const { logicalId, name } = resource;
    const properties = readProperties(resource, functionProperties);
    checkRuntime(logicalId, properties.Runtime);
    const assetDirectory = assembly.assets.get(properties.Code.S3Key);
    if (!assetDirectory) {
      throw new CloudError(`${logicalId}: the assembly has no asset ${properties.Code.S3Key}`);
    }
    const { Variables } = properties.Environment;
    const overridden = Object.entries(overrides).filter(([variable]) => variable in Variables);
    const config = invokeConfigs.find(({ FunctionName }) => FunctionName === name);
    return {
      logicalId,
      functionName: name,
      arn: resource.identity.attributes['Arn'] ?? '',
      roleArn: properties.Role,
      logGroupName: properties.LoggingConfig.LogGroup,
      isTraced: properties.TracingConfig.Mode === 'Active',
      assetDirectory,
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout,
      memoryMegabytes: properties.MemorySize,
      variables: { ...Variables, ...Object.fromEntries(overridden) },
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      retryAttempts: config?.MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
    };
  });
  checkOverrides(plans, Object.keys(overrides));
  return plans;
}

function checkRuntime(logicalId: string, runtime: string): void {
  const ours = `nodejs${process.versions.node.split('.')[0]}.x`;
  if (runtime === ours) return;
  throw new CloudError(`${logicalId} runs on ${runtime}; the local cloud runs on ${ours}`);
}

function checkOverrides(plans: readonly FunctionPlan[], names: readonly string[]): void {
  for (const name of names) {
    if (plans.some(({ variables }) => name in variables)) continue;
    throw new CloudError(`no function of the template declares the variable ${name}`);
  }
}

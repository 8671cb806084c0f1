import path from 'node:path';
import { accessKeyOf } from '../access/credentials.ts';
import { CREDENTIALS, REGION, SESSION_TOKEN } from '../cloud-region.ts';
import type { FunctionPlan } from '../resources/functions.ts';

/** Variables about the laptop's way to the internet, which Lambda has no need of. */
const PASSED_ON =
  /^(NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|NODE_USE_ENV_PROXY|SSL_CERT_(FILE|DIR)|HTTPS?_PROXY|NO_PROXY)$/i;

/** All that a function finds in `process.env`: what Lambda would set, its own variables, our endpoints. */
export function runtimeEnvironment(
  plan: FunctionPlan,
  taskRoot: string,
  endpoints: Readonly<Record<string, string>>,
  hostEnvironment: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    ...wayToTheInternet(hostEnvironment),
    ...plan.variables,
    AWS_LAMBDA_FUNCTION_NAME: plan.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${plan.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyOf(plan.logicalId),
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: SESSION_TOKEN,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: plan.handler,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: path.dirname(process.execPath),
    ...endpoints,
  };
}

function wayToTheInternet(hostEnvironment: NodeJS.ProcessEnv): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(hostEnvironment)) {
    if (PASSED_ON.test(name) && value !== undefined) passed[name] = value;
  }
  if (Object.keys(passed).some((name) => /^https?_proxy$/i.test(name))) {
    const others = passed['NO_PROXY'] ?? passed['no_proxy'];
    delete passed['no_proxy'];
    // What listens here is not to be found behind a proxy.
    passed['NO_PROXY'] = ['127.0.0.1', 'localhost', ...(others ? [others] : [])].join(',');
  }
  return passed;
}

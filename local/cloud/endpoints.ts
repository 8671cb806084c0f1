import { CREDENTIALS, REGION } from './cloud-region.ts';
import type { EmulatorPorts } from './emulators/emulators.ts';

/** Where the local cloud answers; all of it on 127.0.0.1. */
export interface Endpoints {
  readonly s3: string;
  readonly sqs: string;
  readonly dynamodb: string;
  readonly secretsManager: string;
  readonly cloudFormation: string;
  readonly httpApi: string;
}

/** The addresses of the emulators and of the HTTP API. */
export function endpointsAt(ports: EmulatorPorts, httpApi: string): Endpoints {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    s3: at(ports.s3AndSqs),
    sqs: at(ports.s3AndSqs),
    dynamodb: at(ports.dynamodb),
    secretsManager: at(ports.secretsManager),
    cloudFormation: at(ports.cloudFormation),
    httpApi,
  };
}

/** The variables that lead the AWS SDK of a function to these endpoints. */
export function endpointVariables(endpoints: Endpoints): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
  };
}

/** What to export so that any AWS SDK and the plain `aws` CLI work against the local cloud. */
export function clientEnvironment(endpoints: Endpoints): Record<string, string> {
  return {
    ...endpointVariables(endpoints),
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoints.cloudFormation,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}

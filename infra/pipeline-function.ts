import { fileURLToPath } from 'node:url';
import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';
import { reviewed } from './reviewed.ts';
import type { FunctionName } from './settings.ts';
import { STAND_INS } from './stand-ins.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What S3, SQS, DynamoDB and Secrets Manager ask of a key in the name of who calls them. */
const KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

export interface PipelineFunctionProps {
  readonly config: Config;
  /** The folder in functions/ that holds its handler.ts. */
  readonly folder: FunctionName;
  readonly timeout: Duration;
  /** As `npm run bench -- memory` finds it to be enough, and quick; a setting may say otherwise. */
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the traces that Lambda samples are of any use; so by default, where the setting wants them. */
  readonly isTraced?: boolean;
}

/** By way of these services alone: the key may be that of other systems too. */
function useOfKey({ keyArn }: IKey): PolicyStatement {
  const services = ['dynamodb', 's3', 'secretsmanager', 'sqs'];
  const viaService = services.map((it) => `${it}.${Aws.REGION}.${Aws.URL_SUFFIX}`);
  return new PolicyStatement({
    actions: KEY_ACTIONS,
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': viaService } },
  });
}

/**
 * A function of the pipeline: Node 24 on ARM, one CommonJS bundle with the AWS SDK inside (the
 * version tested is the version run, and it loads faster than the one Lambda brings), logs as JSON
 * kept for as long as the setting says. Its role may do nothing but write those, until it is granted more.
 */
export class PipelineFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    const { config, folder } = props;
    const isTraced = config.tracing && (props.isTraced ?? true);
    const encryptionKey = customersKey(scope, config);
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    // Lambda's managed policy would let each write to every log of the account.
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    if (encryptionKey) role.addToPolicy(useOfKey(encryptionKey));
    super(scope, id, {
      entry: `${ROOT}functions/${folder}/handler.ts`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: config.memoryMegabytes[folder] ?? props.memoryMegabytes,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: config.stackName },
      logGroup,
      role,
      tracing: isTraced ? Tracing.ACTIVE : Tracing.DISABLED,
      bundling: {
        externalModules: [],
        format: OutputFormat.CJS,
        mainFields: ['module', 'main'],
        minify: true,
        target: 'node24',
        esbuildArgs: Object.fromEntries(
          Object.entries(STAND_INS).map(([name, file]) => [`--alias:${name}`, file]),
        ),
      },
    });
    if (isTraced)
      reviewed(
        role,
        'IAM5[Resource::*]',
        'X-Ray knows no resources to name: it takes segments from whoever may send them.',
      );
  }
}

import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface PipelineFunctionProps {
  /** The folder in functions/ that holds its handler.ts. */
  readonly folder: string;
  readonly timeout: Duration;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A function of the pipeline: Node 24 on ARM, one CommonJS bundle with the AWS SDK inside (the
 * version tested is the version run, and it loads faster than the one Lambda brings), logs as JSON
 * kept for a month.
 */
export class PipelineFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id, {
      entry: `${ROOT}functions/${props.folder}/handler.ts`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMegabytes,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: props.folder },
      logGroup: new LogGroup(scope, `${id}Logs`, {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      bundling: {
        externalModules: [],
        format: OutputFormat.CJS,
        mainFields: ['module', 'main'],
        minify: true,
        target: 'node24',
      },
    });
  }
}

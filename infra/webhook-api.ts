import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';
import { reviewed } from './reviewed.ts';

/** The path that TwelveLabs is told to post its webhooks to. */
const WEBHOOK_PATH = '/webhooks/twelvelabs';

/**
 * Webhooks taken a second, and at once: five batches of a thousand may send an event for each item.
 * Who sends more gets 429, and costs little.
 */
const WEBHOOK_RATE = { rateLimit: 100, burstLimit: 5_000 };

/** What the access log tells of a request: enough to see who was turned away, and nothing of what was sent. */
const TOLD = [
  'requestId',
  'requestTime',
  'identity.sourceIp',
  'routeKey',
  'status',
  'responseLength',
  'integrationErrorMessage',
];

/** The one way in from outside: POST to `url`, throttled, with an access log. */
export class WebhookApi extends HttpApi {
  readonly webhookUrl: string;

  constructor(scope: Construct, id: string, config: Config, receiver: IFunction) {
    super(scope, id, { createDefaultStage: false });
    const encryptionKey = customersKey(scope, config);
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    const told = Object.fromEntries(TOLD.map((it) => [it.split('.').at(-1), `$context.${it}`]));
    new HttpStage(scope, `${id}Stage`, {
      httpApi: this,
      stageName: '$default',
      autoDeploy: true,
      throttle: WEBHOOK_RATE,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(told)),
      },
    });
    const routes = this.addRoutes({
      path: WEBHOOK_PATH,
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('ReceiveWebhook', receiver),
    });
    const reason = 'TwelveLabs signs what it posts; the function verifies it over the raw bytes.';
    for (const route of routes) reviewed(route, 'APIG4', reason);
    this.webhookUrl = `${this.apiEndpoint}${WEBHOOK_PATH}`;
  }
}

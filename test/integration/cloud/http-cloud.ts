import { arnOf, lambda, permission, ref, role, type TestStack } from './assembly.ts';
import { shareCloud } from './shared-cloud.ts';

const ofApi = { ApiId: ref('Api') };
const route = (routeKey: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ...ofApi,
    RouteKey: routeKey,
    AuthorizationType: 'NONE',
    Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
  },
});

const httpStack: TestStack = {
  handlers: {
    echo: {
      text: `export const handler = async (event) => {
          const answer = event.queryStringParameters?.answer;
          if (answer === 'throw') throw new Error('secret detail');
          return answer ? JSON.parse(answer) : event;
        };`,
    },
  },
  resources: {
    Role: role,
    Echo: lambda('echo'),
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ...ofApi,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf('Echo'),
        PayloadFormatVersion: '2.0',
      },
    },
    HookRoute: route('POST /webhooks/{id}'),
    GetRoute: route('GET /{proxy+}'),
    Permission: permission('Echo', 'apigateway'),
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ...ofApi, StageName: '$default', AutoDeploy: true },
    },
  },
  outputs: {
    Endpoint: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
    Url: {
      Value: {
        'Fn::Join': [
          '',
          [
            'https://',
            ref('Api'),
            '.execute-api.',
            ref('AWS::Region'),
            '.',
            ref('AWS::URLSuffix'),
            '/webhooks/a',
          ],
        ],
      },
    },
  },
};

/**
 * One cloud for the calling file, with an HTTP API whose function answers what the query's
 * `answer` says, or with its event; `url` is the address of its route for webhooks.
 */
export function shareHttpCloud() {
  const running = shareCloud(httpStack);
  return { running, url: () => running().cloud.outputs['Url'] ?? '' };
}

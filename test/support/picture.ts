import type { Template } from 'aws-cdk-lib/assertions';
import { type Properties, resourcesOf, targetOf } from './synthesize-template.ts';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Logical ids as people call the constructs: without the hash, and without CDK's `Function` and `Role`. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '').replace(/(Function)?(Role)?$/, '');
}

/**
 * The picture of the pipeline as its template has it, in Mermaid: what starts each function, and what it
 * may send to, write and ask. A function's messages to its own queue, for another look, are left out, and
 * so is the table, which all but the receiver read and write.
 */
export function pictureOf(template: Template): string {
  const started = [...uploads(template), ...mappings(template), ...starts(template)];
  const own = new Set(mappings(template).map(([queue, reader]) => `${reader} ${queue}`));
  const { clock = [], others = [] } = Object.groupBy(
    rights(template).filter(([from, to]) => !own.has(`${from} ${to}`)),
    ([from]) => (from === 'WakeDue' ? 'clock' : 'others'),
  );
  return [
    'flowchart TB',
    ...shapes(template),
    ...started.map(([from, to]) => `  ${from} --> ${to}`),
    ...others.map(([from, to]) => `  ${from} --> ${to}`),
    ...wakes(clock, queuesOf(template)),
    '  TwelveLabs -- signed webhook --> WebhookApi',
  ].join('\n');
}

function namesOf(template: Template, type: string): string[] {
  return resourcesOf(template, type).map(([id]) => nameOf(id));
}

function queuesOf(template: Template): string[] {
  return namesOf(template, 'AWS::SQS::Queue').filter((it) => !it.endsWith('DeadLetters'));
}

/** One arrow, where the clock may wake them all. */
function wakes(clock: readonly Edge[], queues: readonly string[]): string[] {
  const isAll = queues.every((queue) => clock.some(([, to]) => to === queue));
  if (isAll) return ['  WakeDue -. whatever is due .-> AnyQueue([any of the queues])'];
  return clock.map(([from, to]) => `  ${from} -.-> ${to}`);
}

function shapes(template: Template): string[] {
  return [
    ...namesOf(template, 'AWS::S3::Bucket').map((it) => `  ${it}[(${it})]`),
    ...queuesOf(template).map((it) => `  ${it}([${it}])`),
    '  TwelveLabs{{TwelveLabs}}',
  ];
}

type Edge = readonly [from: string, to: string];

function uploads(template: Template): Edge[] {
  return resourcesOf(template, 'AWS::S3::Bucket').flatMap(([id, bucket]) => {
    const told = bucket['NotificationConfiguration'] as
      | { QueueConfigurations: Properties[] }
      | undefined;
    return (told?.QueueConfigurations ?? []).map(
      ({ Queue }): Edge => [nameOf(id), nameOf(targetOf(Queue))],
    );
  });
}

function mappings(template: Template): Edge[] {
  return resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(
    ([, { EventSourceArn, FunctionName }]): Edge => [
      nameOf(targetOf(EventSourceArn)),
      nameOf(targetOf(FunctionName)),
    ],
  );
}

/** The schedule and the HTTP API. */
function starts(template: Template): Edge[] {
  const rules = resourcesOf(template, 'AWS::Events::Rule').flatMap(([id, { Targets }]) =>
    (Targets as Properties[]).map(({ Arn }): Edge => [nameOf(id), nameOf(targetOf(Arn))]),
  );
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(
    ([, { ApiId, IntegrationUri }]): Edge => [
      nameOf(targetOf(ApiId)),
      nameOf(targetOf(IntegrationUri)),
    ],
  );
  return [...rules, ...routes];
}

/** What functions may do beyond the table. */
function rights(template: Template): Edge[] {
  return resourcesOf(template, 'AWS::IAM::Policy').flatMap(([, { PolicyDocument, Roles }]) => {
    const from = nameOf(targetOf((Roles as unknown[])[0]));
    const { Statement } = PolicyDocument as { Statement: Statement[] };
    return Statement.flatMap(({ Action, Resource }) => {
      const actions = [Action].flat();
      const to = [Resource].flat().map((it) => nameOf(targetIn(it)));
      if (to.includes('TwelveLabsApiKey')) return [[from, 'TwelveLabs'] as const];
      const isTold = actions.includes('sqs:SendMessage') || actions.includes('s3:PutObject');
      return isTold ? to.map((it): Edge => [from, it]) : [];
    });
  });
}

/** The logical id in an ARN, also where it is joined with something. */
function targetIn(arn: unknown): string {
  const [, id = ''] = /"(?:Fn::GetAtt|Ref)":\[?"(\w+)"/.exec(JSON.stringify(arn)) ?? [];
  return id;
}

import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfig } from '../../infra/config.ts';
import { PipelineStack } from '../../infra/pipeline-stack.ts';

export type Properties = Record<string, unknown>;

/** The template that settings lead to, without its bundles. */
export function synthesizeWith(context: Record<string, unknown> = {}): Template {
  return Template.fromStack(stackWith(context));
}

/** Holds a template against the AwsSolutions rules of cdk-nag. @throws at a finding that is not reviewed */
export function synthesizeReviewed(context: Record<string, unknown> = {}): void {
  const stack = stackWith(context);
  const app = stack.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

function stackWith(context: Record<string, unknown>): PipelineStack {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } });
  const config = readConfig(app.node);
  return new PipelineStack(app, config.stackName, config);
}

/** The resources of a type, by logical id, with their properties. */
export function resourcesOf(template: Template, type: string): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, { Properties }]) => [
    id,
    Properties as Properties,
  ]);
}

/** The logical id that a Ref or Fn::GetAtt points to. */
export function targetOf(value: unknown): string {
  const reference = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] } | undefined;
  return reference?.Ref ?? reference?.['Fn::GetAtt']?.[0] ?? '';
}

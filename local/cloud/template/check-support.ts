import { CloudError } from '../cloud-error.ts';
import { honouredPart } from './support.ts';
import { SUPPORTED_RESOURCES } from './supported-resources.ts';
import type { Template } from './template.ts';

const BOOTSTRAP_VERSION = 'AWS::SSM::Parameter::Value<String>';

/** Stops, with a sentence for each, at whatever a template asks for that the local cloud can't do. */
export function checkSupport(template: Template): void {
  const problems = [...parameterProblems(template), ...resourceProblems(template)];
  if (template.Transform !== undefined) problems.push('Transform: macros are not supported');
  if (problems.length === 0) return;
  throw new CloudError(
    ['the local cloud can not do all that the template asks for:', ...problems].join('\n  '),
  );
}

function* parameterProblems(template: Template): Iterable<string> {
  for (const [name, parameter] of Object.entries(template.Parameters)) {
    // CDK's own check that the account is bootstrapped.
    if (parameter.Type === BOOTSTRAP_VERSION || parameter.Default !== undefined) continue;
    yield `${name}: a parameter without a default is not supported`;
  }
}

function* resourceProblems(template: Template): Iterable<string> {
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const where = `${logicalId} (${resource.Type})`;
    const supported = SUPPORTED_RESOURCES[resource.Type];
    if (!supported) {
      yield `${where}: this type of resource is not supported`;
      continue;
    }
    if (supported === 'any') continue;
    for (const attribute of ['Condition', 'CreationPolicy', 'UpdatePolicy'] as const) {
      if (resource[attribute] !== undefined) yield `${where}: ${attribute} is not supported`;
    }
    const problems: string[] = [];
    honouredPart(resource.Properties, supported, (property, problem) =>
      problems.push(`${where}: the property ${property} ${problem}`),
    );
    yield* problems;
  }
}

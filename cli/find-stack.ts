import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';

/** A stack of ours as CloudFormation knows it. */
export interface FoundStack {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly createdAt: Date;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A part of a stack, by its name in the template and the one that it got. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** Thrown when there is no stack of that name; says where there might be one. */
export class StackMissingError extends Error {
  override readonly name = 'StackMissingError';
}

/** Thrown when a stack lacks an output: it is another program's, or of an older version. */
export class OutputMissingError extends Error {
  override readonly name = 'OutputMissingError';
}

/** By this output a stack of ours is told from others. */
const OUR_OUTPUT = 'TwelveLabsApiKeySecretArn';

/** The stack of that name in the region of the client. @throws StackMissingError */
export async function findStack(name: string, client: CloudFormationClient): Promise<FoundStack> {
  const region = await client.config.region();
  const [stack] = await stacksCalled(name, client);
  if (!stack) {
    const others = await namesOfOurs(client);
    const hint = others.length > 0 ? `; there is ${others.join(', ')}` : '';
    throw new StackMissingError(
      `there is no stack ${name} in ${region}${hint}: is its name right (--stack NAME), and AWS_REGION?`,
    );
  }
  const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ]);
  return {
    name,
    region,
    status: stack.StackStatus ?? '',
    createdAt: stack.CreationTime ?? new Date(0),
    outputs: Object.fromEntries(outputs),
  };
}

/** The value of an output. @throws OutputMissingError */
export function outputOf(stack: Pick<FoundStack, 'name' | 'outputs'>, output: string): string {
  const value = stack.outputs[output];
  if (value) return value;
  throw new OutputMissingError(`the stack ${stack.name} ${lackOf([output], stack)}`);
}

/** What it means that a stack lacks outputs. */
export function lackOf(
  missing: readonly string[],
  { outputs }: Pick<FoundStack, 'outputs'>,
): string {
  const words = `has no output ${missing.join(', ')}`;
  return outputs[OUR_OUTPUT]
    ? `${words}; deploy it anew, for it is of another version`
    : `${words}; is it a stack of Reelbatch?`;
}

/** All parts of a stack. */
export async function resourcesOf(
  stackName: string,
  client: CloudFormationClient,
): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  const pages = paginateListStackResources({ client }, { StackName: stackName });
  for await (const { StackResourceSummaries: page = [] } of pages) {
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId } of page) {
      resources.push({
        logicalId: LogicalResourceId ?? '',
        type: ResourceType ?? '',
        physicalId: PhysicalResourceId ?? '',
      });
    }
  }
  return resources;
}

async function stacksCalled(name: string, client: CloudFormationClient) {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return [];
    throw error;
  }
}

/** Whoever may not list them does without. */
async function namesOfOurs(client: CloudFormationClient): Promise<string[]> {
  const listed = client.send(new DescribeStacksCommand({}));
  const { Stacks = [] } = await listed.catch(() => ({ Stacks: [] }));
  return Stacks.flatMap(({ StackName, Outputs = [] }) =>
    StackName && Outputs.some(({ OutputKey }) => OutputKey === OUR_OUTPUT) ? [StackName] : [],
  );
}

import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { Authorizer } from '../access/authorizer.ts';
import { accessKeyIn } from '../access/credentials.ts';
import type { Need } from '../access/decide.ts';
import { describeDenial } from '../access/denial.ts';
import { toXml, type XmlContent } from './to-xml.ts';

/** A stack as it is told of: what its template came to. */
export interface DescribedStack {
  readonly name: string;
  readonly stackId: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly DescribedResource[];
}

/** A resource by its name in the template and the one that it has got. */
export interface DescribedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

type Input = URLSearchParams;

class StacksRefusal extends Error {
  override readonly name = 'StacksRefusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/** The few actions of CloudFormation that finding a stack's parts takes; nothing can be changed. */
export class CloudFormation {
  readonly server: Server;
  readonly #stacks: { readonly stack: DescribedStack; readonly createdAt: Date }[] = [];
  readonly #actions: Readonly<Record<string, (input: Input) => XmlContent>> = {
    DescribeStacks: (input) => ({ Stacks: this.#asked(input).map(describe) }),
    DescribeStackResources: (input) => ({
      StackResources: this.#find(input).flatMap(({ stack, createdAt }) =>
        stack.resources.map((resource) => ({
          StackName: stack.name,
          StackId: stack.stackId,
          ...describeResource(resource),
          Timestamp: createdAt.toISOString(),
        })),
      ),
    }),
    ListStackResources: (input) => ({
      StackResourceSummaries: this.#find(input).flatMap(({ stack, createdAt }) =>
        stack.resources.map((resource) => ({
          ...describeResource(resource),
          LastUpdatedTimestamp: createdAt.toISOString(),
        })),
      ),
    }),
  };

  constructor(authorizer = new Authorizer()) {
    this.server = createServer(async (request, response) => {
      const input = new URLSearchParams(await text(request).catch(() => ''));
      const denial = authorizer.refuse({
        accessKeyId: accessKeyIn(request.headers.authorization),
        operation: `cloudformation:${input.get('Action')}`,
        needs: () => this.#needs(input),
      });
      const [status, reply] = denial
        ? [403, errorReply('AccessDenied', describeDenial(denial))]
        : this.#perform(input);
      response.writeHead(status, { 'content-type': 'text/xml', date: new Date().toUTCString() });
      response.end(reply);
    });
  }

  add(stack: DescribedStack): void {
    this.#stacks.push({ stack, createdAt: new Date() });
  }

  #needs(input: Input): readonly Need[] | undefined {
    const action = input.get('Action') ?? '';
    if (!(action in this.#actions)) return undefined;
    const asked = input.get('StackName');
    const found = this.#stacks.find(({ stack }) => stack.name === asked)?.stack.stackId;
    return [{ action: `cloudformation:${action}`, resource: found ?? asked ?? '*' }];
  }

  #perform(input: Input): [status: number, reply: string] {
    const action = input.get('Action') ?? '';
    try {
      const perform = this.#actions[action];
      if (!perform) throw new StacksRefusal('InvalidAction', `no action ${action} here`);
      const result = perform(input);
      return [200, toXml(`${action}Response`, { [`${action}Result`]: result }, NAMESPACE)];
    } catch (error) {
      const code = error instanceof StacksRefusal ? error.code : 'InternalFailure';
      const status = error instanceof StacksRefusal ? 400 : 500;
      return [status, errorReply(code, error instanceof Error ? error.message : '')];
    }
  }

  /** All stacks, where none is named. */
  #asked(input: Input) {
    return input.has('StackName') ? this.#find(input) : this.#stacks;
  }

  #find(input: Input) {
    const asked = input.get('StackName') ?? '';
    const found = this.#stacks.filter(({ stack }) => [stack.name, stack.stackId].includes(asked));
    if (found.length > 0) return found;
    throw new StacksRefusal('ValidationError', `Stack with id ${asked} does not exist`);
  }
}

function errorReply(Code: string, Message: string): string {
  return toXml('ErrorResponse', { Error: { Type: 'Sender', Code, Message } });
}

function describe({ stack, createdAt }: { stack: DescribedStack; createdAt: Date }): XmlContent {
  return {
    StackName: stack.name,
    StackId: stack.stackId,
    StackStatus: 'CREATE_COMPLETE',
    CreationTime: createdAt.toISOString(),
    Outputs: Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({
      OutputKey,
      OutputValue,
    })),
  };
}

function describeResource({ logicalId, physicalId, type }: DescribedResource) {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
  };
}

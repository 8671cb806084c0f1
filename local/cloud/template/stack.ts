import { CloudError } from '../cloud-error.ts';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';
import type { DescribedStack } from '../emulators/cloudformation.ts';
import { type References, resolveIntrinsics } from './intrinsics.ts';
import type { Json, JsonObject } from './json.ts';
import {
  type Addresses,
  generatedName,
  type Identity,
  identify,
  namingProperty,
} from './resource-identity.ts';
import { honouredPart } from './support.ts';
import { SUPPORTED_RESOURCES } from './supported-resources.ts';
import type { Resource, Template } from './template.ts';

/** A resource with every property resolved that the local cloud honours. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly name: string;
  readonly identity: Identity;
  readonly properties: JsonObject;
}

/** A template that has been found to ask for nothing that can't be done, and its names. */
export class Stack implements References {
  readonly #template: Template;
  readonly #stackName: string;
  readonly #addresses: Addresses;
  readonly #names = new Map<string, string>();

  constructor(template: Template, stackName: string, addresses: Addresses) {
    this.#template = template;
    this.#stackName = stackName;
    this.#addresses = addresses;
  }

  /** The resources of these types, in the template's order. */
  resources(...types: readonly string[]): ResolvedResource[] {
    return Object.entries(this.#template.Resources)
      .filter(([, resource]) => types.includes(resource.Type))
      .map(([logicalId, resource]) => this.#resolved(logicalId, resource));
  }

  /** Its name, and each of its resources under the name that it got. */
  described(): Omit<DescribedStack, 'outputs'> {
    const resources = Object.entries(this.#template.Resources).map(
      ([logicalId, { Type: type }]) => ({
        logicalId,
        type,
        // Of each type that the pipeline has, `Ref` is the physical id.
        physicalId: this.#identity(logicalId)?.ref ?? logicalId,
      }),
    );
    return { name: this.#stackName, stackId: this.ref('AWS::StackId') ?? '', resources };
  }

  /** The stack's outputs by their names. */
  outputs(): Record<string, string> {
    const entries = Object.entries(this.#template.Outputs).map(([name, output]) => [
      name,
      String(this.#resolve(output.Value, `the output ${name}`)),
    ]);
    return Object.fromEntries(entries);
  }

  ref(name: string): string | undefined {
    const known: Readonly<Record<string, string>> = {
      'AWS::AccountId': ACCOUNT_ID,
      'AWS::Region': REGION,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.#stackName,
      'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${this.#stackName}/local`,
    };
    const parameter = this.#template.Parameters[name]?.Default;
    return (
      known[name] ??
      this.#identity(name)?.ref ??
      (parameter === undefined ? undefined : String(parameter))
    );
  }

  attribute(logicalId: string, name: string): string | undefined {
    return this.#identity(logicalId)?.attributes[name];
  }

  #resolved(logicalId: string, resource: Resource): ResolvedResource {
    const supported = SUPPORTED_RESOURCES[resource.Type];
    if (supported === undefined || supported === 'any') {
      throw new CloudError(`${logicalId} (${resource.Type}) has no properties that are honoured`);
    }
    const honoured = honouredPart(resource.Properties, supported, () => {});
    const where = `${logicalId} (${resource.Type})`;
    return {
      logicalId,
      type: resource.Type,
      name: this.#name(logicalId, resource),
      identity: identify(resource.Type, this.#name(logicalId, resource), this.#addresses),
      properties: this.#resolve(honoured, where) as JsonObject,
    };
  }

  #identity(logicalId: string): Identity | undefined {
    const resource = this.#template.Resources[logicalId];
    if (!resource) return undefined;
    return identify(resource.Type, this.#name(logicalId, resource), this.#addresses);
  }

  #name(logicalId: string, resource: Resource): string {
    const known = this.#names.get(logicalId);
    if (known !== undefined) return known;
    // Before it is resolved, so that a name made of itself ends instead of going round.
    this.#names.set(logicalId, generatedName(resource.Type, this.#stackName, logicalId));
    const given = resource.Properties[namingProperty(resource.Type) ?? ''];
    if (given !== undefined) this.#names.set(logicalId, String(this.#resolve(given, logicalId)));
    return this.#names.get(logicalId) ?? logicalId;
  }

  #resolve(value: Json, where: string): Json {
    return this.#onLaptop(resolveIntrinsics(value, this, where));
  }

  /** The address of the HTTP API that templates put together themselves leads to the internet. */
  #onLaptop(value: Json): Json {
    const text = JSON.stringify(value);
    const address = /https:\/\/[a-z0-9-]+\.execute-api\.us-east-1\.amazonaws\.com/g;
    return JSON.parse(text.replace(address, this.#addresses.httpApi)) as Json;
  }
}

import { CloudError } from '../cloud-error.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** What names in a template stand for; undefined for one that is not known. */
export interface References {
  ref(name: string): string | undefined;
  attribute(logicalId: string, name: string): string | undefined;
}

/** The value with every intrinsic function replaced; `where` begins the sentence of an error. */
export function resolveIntrinsics(value: Json, references: References, where: string): Json {
  return new Resolver(references, where).resolve(value) ?? '';
}

const NO_VALUE = 'AWS::NoValue';

class Resolver {
  readonly #references: References;
  readonly #where: string;

  constructor(references: References, where: string) {
    this.#references = references;
    this.#where = where;
  }

  /** Undefined where the template says that there is no value. */
  resolve(value: Json): Json | undefined {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item)).filter((item) => item !== undefined);
    }
    if (!isJsonObject(value)) return value;
    const [name = '', ...others] = Object.keys(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.#call(name, value[name] ?? null);
    }
    const entries = Object.entries(value).map(([key, item]) => [key, this.resolve(item)] as const);
    return Object.fromEntries(entries.filter((entry) => entry[1] !== undefined)) as JsonObject;
  }

  #call(name: string, argument: Json): Json | undefined {
    switch (name) {
      case 'Ref':
        return argument === NO_VALUE ? undefined : this.#ref(argument);
      case 'Fn::GetAtt':
        return this.#attribute(typeof argument === 'string' ? split(argument) : argument);
      case 'Fn::Join':
        return this.#join(argument);
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::Select':
        return this.#select(argument);
      case 'Fn::Split':
        return this.#split(argument);
      default:
        throw this.#error(`${name} is not a function that the local cloud can resolve`);
    }
  }

  #ref(name: Json): string {
    const value = this.#references.ref(String(name));
    if (value === undefined) throw this.#error(`nothing is known of {"Ref": "${String(name)}"}`);
    return value;
  }

  #attribute(argument: Json): string {
    const [logicalId, name] = this.#strings(argument, 'Fn::GetAtt');
    const value = this.#references.attribute(logicalId ?? '', name ?? '');
    if (value === undefined) throw this.#error(`the attribute ${logicalId}.${name} is not known`);
    return value;
  }

  #join(argument: Json): string {
    const [separator, parts] = this.#pair(argument, 'Fn::Join');
    return this.#strings(this.resolve(parts) ?? [], 'Fn::Join').join(String(separator));
  }

  #substitute(argument: Json): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (typeof text !== 'string') throw this.#error('Fn::Sub takes a text');
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_all, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const own = isJsonObject(variables) ? variables[name] : undefined;
      if (own !== undefined) return String(this.resolve(own));
      return name.includes('.') ? this.#attribute(split(name)) : this.#ref(name);
    });
  }

  #select(argument: Json): Json {
    const [index, list] = this.#pair(argument, 'Fn::Select');
    const items = this.resolve(list);
    const item = Array.isArray(items) ? items[Number(index)] : undefined;
    if (item === undefined) throw this.#error(`Fn::Select finds nothing at ${String(index)}`);
    return item;
  }

  #split(argument: Json): Json {
    const [separator, text] = this.#pair(argument, 'Fn::Split');
    return String(this.resolve(text)).split(String(separator));
  }

  #pair(argument: Json, name: string): readonly [Json, Json] {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw this.#error(`${name} takes a list of two`);
    }
    return [argument[0] ?? null, argument[1] ?? null];
  }

  #strings(argument: Json, name: string): string[] {
    const isText = (item: Json) => typeof item === 'string' || typeof item === 'number';
    if (!Array.isArray(argument) || !argument.every(isText)) {
      throw this.#error(`${name} takes a list of texts`);
    }
    return argument.map(String);
  }

  #error(problem: string): CloudError {
    return new CloudError(`${this.#where}: ${problem}`);
  }
}

function split(text: string): string[] {
  const [logicalId = '', ...name] = text.split('.');
  return [logicalId, name.join('.')];
}

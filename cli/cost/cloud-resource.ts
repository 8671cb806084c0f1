/** A resource of a CloudFormation template. */
export interface CloudResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A number among its properties; CloudFormation takes one as text too. */
export function numberIn({ Properties: it }: CloudResource, name: string): number | undefined {
  const value = Number(it?.[name] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** A text among its properties; empty when it is missing or only known once deployed. */
export function stringIn({ Properties: it }: CloudResource, name: string): string {
  const value = it?.[name];
  return typeof value === 'string' ? value : '';
}

/** An object among its properties, to be looked into likewise. */
export function objectIn({ Type, Properties: it }: CloudResource, name: string): CloudResource {
  const value = it?.[name];
  const isObject = typeof value === 'object' && value !== null;
  return { Type, Properties: isObject ? (value as Record<string, unknown>) : {} };
}

/** The logical id that a property refers to; empty when it refers to none. */
export function idOf({ Properties: it }: CloudResource, name: string): string {
  const reference = it?.[name] as { Ref?: string; 'Fn::GetAtt'?: readonly string[] } | undefined;
  return reference?.Ref ?? reference?.['Fn::GetAtt']?.[0] ?? '';
}

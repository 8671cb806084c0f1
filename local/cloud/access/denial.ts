import type { Need, Refusal } from './decide.ts';

/** Why a call is refused. */
export interface Denial extends Need {
  /** The role as its function has assumed it; undefined where nobody is known to ask. */
  readonly userArn?: string;
  readonly because: Refusal | 'unsigned' | 'unknown-key' | 'unknown-operation';
}

/** How a service writes actions and resources in its errors. */
export interface DenialStyle {
  readonly action?: (action: string) => string;
  readonly resource?: (resource: string) => string;
}

/** The sentence that AWS has for it (IAM User Guide, "Troubleshoot access denied error messages"). */
export function describeDenial(denial: Denial, style: DenialStyle = {}): string {
  const { userArn, because } = denial;
  const action = style.action?.(denial.action) ?? denial.action;
  const resource = style.resource?.(denial.resource) ?? denial.resource;
  if (because === 'unsigned') return `Access Denied: the request for ${action} is not signed`;
  if (because === 'unknown-key') return 'The security token included in the request is invalid.';
  if (because === 'unknown-operation') {
    return `the local cloud does not know what permission ${action} takes, so ${userArn} may not call it`;
  }
  return `User: ${userArn} is not authorized to perform: ${action} on resource: ${resource} ${reason(because, action)}`;
}

function reason(because: Refusal, action: string): string {
  if (because === 'denied-by-identity') return 'with an explicit deny in an identity-based policy';
  if (because === 'denied-by-resource') return 'with an explicit deny in a resource-based policy';
  return `because no identity-based policy allows the ${action} action`;
}

import type { AccessPlan, CallerPlan } from './access-plan.ts';
import { isKeyOfFunction } from './credentials.ts';
import { type Decision, decide, type GrantedPart, type Need } from './decide.ts';
import { type Denial, describeDenial } from './denial.ts';
import type { GrantUse } from './service-calls.ts';

/** An action on a resource that a policy allows a function, as the policy writes both. */
export interface Grant extends GrantUse {
  /** Calls that it has allowed so far. */
  readonly uses: number;
}

/** What was allowed and what was not since the cloud has been up. */
export interface AccessRecord {
  readonly grants: readonly Grant[];
  /** A sentence for each different call that was refused. */
  readonly denials: readonly string[];
}

/** What an emulator is asked to do. */
export interface Call {
  /** Undefined for a request that is not signed. */
  readonly accessKeyId: string | undefined;
  /** As `DynamoDB.PutItem`, for a person to read. */
  readonly operation: string;
  /** What it takes; undefined where that is not known. */
  readonly needs: () => readonly Need[] | undefined;
}

/** Keys of objects are many: what was decided about them is forgotten from time to time. */
const MOST_REMEMBERED = 10_000;

/**
 * Decides who may call the emulators, and keeps a record. Functions may do what the policies of their
 * roles allow; whoever else signs a request is the administrator of the account, and may do anything.
 */
export class Authorizer {
  readonly #callers = new Map<string, CallerPlan>();
  readonly #uses = new Map<string, { uses: number }>();
  readonly #decisions = new Map<string, Decision>();
  readonly #denials = new Set<string>();
  readonly #onDenial: (sentence: string) => void;
  #attached: AccessPlan['attached'] = [];

  constructor(onDenial: (sentence: string) => void = () => {}) {
    this.#onDenial = onDenial;
  }

  /** Holds from now on; `used` is what was used before there were calls. */
  configure({ callers, attached }: AccessPlan, used: readonly GrantUse[]): void {
    for (const caller of callers) this.#callers.set(caller.accessKeyId, caller);
    this.#attached = attached;
    for (const { functionLogicalId, ...part } of used) this.#use(functionLogicalId, part);
  }

  /** Why a call may not be made; undefined when it may. */
  refuse({ accessKeyId, operation, needs }: Call): Denial | undefined {
    const nothing = { action: operation, resource: '*' };
    if (accessKeyId === undefined) return this.#deny({ ...nothing, because: 'unsigned' });
    if (!isKeyOfFunction(accessKeyId)) return undefined;
    const caller = this.#callers.get(accessKeyId);
    if (!caller) return this.#deny({ ...nothing, because: 'unknown-key' });
    const { userArn } = caller;
    const needed = needs();
    if (!needed) return this.#deny({ ...nothing, userArn, because: 'unknown-operation' });
    for (const need of needed) {
      const decision = this.#decide(caller, need);
      if (!decision.allowed) return this.#deny({ ...need, userArn, because: decision.because });
      for (const part of decision.by) this.#use(caller.functionLogicalId, part);
    }
    return undefined;
  }

  record(): AccessRecord {
    const grants = [...this.#callers.values()].flatMap(({ functionLogicalId, statements }) =>
      statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions, resources }) =>
          resources.flatMap((resource) => actions.map((action) => ({ action, resource }))),
        )
        .map((part) => {
          const uses = this.#uses.get(keyOf(functionLogicalId, part))?.uses ?? 0;
          return { functionLogicalId, ...part, uses };
        }),
    );
    return { grants, denials: [...this.#denials] };
  }

  #decide(caller: CallerPlan, need: Need): Decision {
    const key = keyOf(caller.accessKeyId, need);
    const known = this.#decisions.get(key);
    if (known) return known;
    const policies = { identity: caller.statements, attached: this.#attached };
    const decision = decide(caller, need, policies);
    if (this.#decisions.size >= MOST_REMEMBERED) this.#decisions.clear();
    this.#decisions.set(key, decision);
    return decision;
  }

  #use(functionLogicalId: string, part: GrantedPart): void {
    const key = keyOf(functionLogicalId, part);
    const counted = this.#uses.get(key);
    if (counted) counted.uses++;
    else this.#uses.set(key, { uses: 1 });
  }

  #deny(denial: Denial): Denial {
    const sentence = describeDenial(denial);
    if (!this.#denials.has(sentence)) this.#onDenial(sentence);
    this.#denials.add(sentence);
    return denial;
  }
}

function keyOf(who: string, { action, resource }: Need): string {
  return `${who}\n${action}\n${resource}`;
}

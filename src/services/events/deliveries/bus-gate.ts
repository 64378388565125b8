import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Arn } from '../../../core/ids.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { type Authority, rolePrincipal, rootPrincipal } from '../../../iam/index.ts';
import type { Ledger } from '../../../store/index.ts';
import { busRecord, hasBus } from '../buses.ts';
import { busPlace, ruleArn } from '../names.ts';
import type { StoredTarget } from '../records.ts';

/** The rule that hands an event on, and what its bus may be asked by. */
export interface Handing extends Scope {
  readonly bus: string;
  readonly rule: string;
  readonly eventId: string;
  readonly source?: string;
  readonly detailType?: string;
}

interface BusGateOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly authority: Authority;
}

/** Whether a rule's target, which is a bus, takes events of the rule: as the role of the target, else as the rule's account. */
export class BusGate {
  readonly #options: BusGateOptions;

  constructor(options: BusGateOptions) {
    this.#options = options;
  }

  /** The bus, if it is there and takes the event. */
  open(target: StoredTarget, handing: Handing): ReturnType<typeof busPlace> {
    const place = busPlace(target.arn);
    if (!place || !hasBus(this.#options.ledger, place, place.name)) return undefined;
    return this.#denial(target, handing, place) === undefined ? place : undefined;
  }

  /** Why it does not. */
  refusal(target: StoredTarget, handing: Handing): ServiceError {
    const place = busPlace(target.arn);
    if (!place || !hasBus(this.#options.ledger, place, place.name)) {
      return new ServiceError('ResourceNotFoundException', `Event bus ${target.arn} does not exist.`);
    }
    const denial = this.#denial(target, handing, place) ?? 'The event bus did not take the event.';
    return new ServiceError('AccessDeniedException', denial, { status: 403 });
  }

  #denial(target: StoredTarget, handing: Handing, place: Scope & { readonly name: string }): string | undefined {
    const { ledger, clock, authority } = this.#options;
    const { account, region, source: eventSource, detailType } = handing;
    const { policy } = busRecord(ledger, place, place.name);
    const conditions = {
      ...(eventSource !== undefined && { 'events:source': eventSource }),
      ...(detailType !== undefined && { 'events:detail-type': detailType }),
    };
    const request: AccessRequest = {
      ...{ action: 'events:PutEvents', resource: target.arn, conditions },
      ...(policy !== undefined && { resourcePolicy: policy }),
      // Without a role AWS has rules that are older than the demand for one. What denies it counts here in any case.
      ...(target.roleArn === undefined && authority.deliveries === 'unless-denied' && ({ onlyDenied: true } as const)),
    };
    const source = eventsFor(handing);
    const principal = principalOf(target, handing, source);
    const decision = authority.decide({ account, region, principal, source, now: clock.now() }, [request]);
    return decision.kind === 'deny' ? decision.message : undefined;
  }
}

function eventsFor(handing: Handing) {
  const arn = ruleArn(scopeOf(handing), handing.rule, handing.bus);
  return { kind: 'service', service: 'events.amazonaws.com', arn } as const;
}

function principalOf(target: StoredTarget, { account, eventId }: Handing, borrower: ReturnType<typeof eventsFor>) {
  if (target.roleArn === undefined) return { ...rootPrincipal(account), kind: 'account' } as const;
  const use = { kind: 'event-target', actions: ['events:PutEvents'] } as const;
  return rolePrincipal({ account, roleArn: target.roleArn as Arn, sessionName: eventId, use, borrower });
}

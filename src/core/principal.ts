import type { AccountId, Arn, EpochMilliseconds } from './ids.ts';

/** What every principal has. */
interface Identity {
  /** Stands for it in messages and records; what has no ARN (nobody, a service) goes by its name. */
  readonly arn: Arn;
  /** AWS's unique id: the account id for root, `AROA...:session` for a role session. */
  readonly userId: string;
  readonly account: AccountId;
  /** The access key id that signed; absent with `--auth none` and inside the server. */
  readonly accessKeyId?: string;
}

/** The services that call others in their own name. */
export type ServicePrincipalName =
  | 'batch.amazonaws.com'
  | 'states.amazonaws.com'
  | 'events.amazonaws.com'
  /** Delivers logs for other services, such as the histories of executions. */
  | 'delivery.logs.amazonaws.com';

/** What a session of a role was made for. Until there are policies it says what the session may do. */
export type RoleUse =
  /** `sts:AssumeRole`. */
  | { readonly kind: 'assumed' }
  /** The execution role of a state machine, for a call of one of its tasks; `actions` are those of that call. */
  | { readonly kind: 'state-machine'; readonly actions: readonly string[] }
  /** The role of a target of EventBridge, for the call that an event leads to; `actions` are those of that call. */
  | { readonly kind: 'event-target'; readonly actions: readonly string[] }
  /** The execution role of a job's task: what is done to start it. */
  | { readonly kind: 'task-execution' }
  /** The job role: what runs inside the job. The session has the name of its task, and ends with it. */
  | { readonly kind: 'job' };

/** A session of a role: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
export interface RoleSession extends Identity {
  readonly kind: 'role-session';
  readonly roleArn: Arn;
  readonly sessionName: string;
  readonly use: RoleUse;
  /** When it began, where that is known: the wall clock. */
  readonly issuedAt?: EpochMilliseconds;
}

/** Who calls. */
export type Principal =
  /** The root user of the account, or a session of it. */
  | (Identity & { readonly kind: 'root' })
  | (Identity & { readonly kind: 'user'; readonly userName: string })
  | RoleSession
  | (Identity & { readonly kind: 'service'; readonly service: ServicePrincipalName })
  /** An account as a whole, whoever of it calls. */
  | (Identity & { readonly kind: 'account' })
  /** Nobody signed. Only operations that say so can be called like this. */
  | (Identity & { readonly kind: 'anonymous' });

/** Where a call comes from. */
export type CallSource =
  | { readonly kind: 'network'; readonly address: string; readonly userAgent?: string }
  /** Another service of this installation, by its principal name. */
  | { readonly kind: 'service'; readonly service: ServicePrincipalName };

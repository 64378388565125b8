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
  /** Of temporary credentials alone. */
  readonly session?: SessionFacts;
}

/** What temporary credentials say beside whose they are. They were given out with it, and it never changes. */
export interface SessionFacts {
  /** By the wall clock. */
  readonly issuedAt?: EpochMilliseconds;
  /** The most that the session may do, as it was given: the text of a policy, and ARNs of stored ones. */
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of those tags that the sessions of a chain inherit. */
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  /** Of a user in a browser, who may do all that the user may: `GetSessionToken` gives less. */
  readonly console?: true;
  /** The ARN of the identity provider whose token it was got for. */
  readonly federatedProvider?: Arn;
}

/** The services that call others in their own name, or use roles. */
export type ServicePrincipalName =
  | 'batch.amazonaws.com'
  | 'states.amazonaws.com'
  | 'events.amazonaws.com'
  | 'cloudtrail.amazonaws.com'
  | 'scheduler.amazonaws.com'
  | 'sns.amazonaws.com'
  | 'lambda.amazonaws.com'
  /** Uses the roles of jobs, and of what starts them. */
  | 'ecs-tasks.amazonaws.com'
  /** Uses the roles of instances. */
  | 'ec2.amazonaws.com'
  | 'cloudwatch.amazonaws.com'
  /** Sends events of logs to functions. */
  | 'logs.amazonaws.com'
  /** Delivers logs for other services, such as the histories of executions. */
  | 'delivery.logs.amazonaws.com';

/** What a session of a role was made for. Of a role that is not stored it says what the session may do. */
export type RoleUse =
  /** `sts:AssumeRole`. */
  | { readonly kind: 'assumed' }
  /** The execution role of a state machine, for a call of one of its tasks; `actions` are those of that call. */
  | { readonly kind: 'state-machine'; readonly actions: readonly string[] }
  /** The role of a target of EventBridge, for the call that an event leads to; `actions` are those of that call. */
  | { readonly kind: 'event-target'; readonly actions: readonly string[] }
  /** The role of a schedule of EventBridge Scheduler, for the call that it makes; `actions` are those of that call. */
  | { readonly kind: 'schedule-target'; readonly actions: readonly string[] }
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
  /** Whom the role's trust policy must name, of a role that was not got by `sts:AssumeRole`. @default the service of its use */
  readonly borrower?: Borrower;
}

/** Who uses a role: a service, for the thing of an ARN, or another role, whose trust was asked when it took this one. */
export type Borrower =
  | { readonly kind: 'service'; readonly service: ServicePrincipalName; readonly arn?: string }
  | { readonly kind: 'role' };

/** Whom a token of an identity provider names. It may take roles whose trust policies name the provider, and nothing else. */
export interface WebIdentity extends Identity {
  readonly kind: 'web-identity';
  /** ARN of the provider. */
  readonly provider: Arn;
  readonly subject: string;
  readonly audience: string;
  /** What trust policies may ask of the token: `ISSUER:sub`, `ISSUER:aud`... */
  readonly conditions: Readonly<Record<string, string | readonly string[]>>;
  /** What the token gives the session: its tags, the keys of those that chains inherit, and the source identity. */
  readonly given: Pick<SessionFacts, 'tags' | 'transitiveTagKeys' | 'sourceIdentity'>;
}

/** Who calls. */
export type Principal =
  /** The root user of the account, or a session of it. */
  | (Identity & { readonly kind: 'root' })
  | (Identity & { readonly kind: 'user'; readonly userName: string })
  | RoleSession
  /** Whom a user vouches for with `sts:GetFederationToken`: may do what both the user and the session's policies allow. */
  | (Identity & { readonly kind: 'federated-user'; readonly voucher: Voucher })
  | (Identity & { readonly kind: 'service'; readonly service: ServicePrincipalName })
  | WebIdentity
  /** An account as a whole, whoever of it calls. */
  | (Identity & { readonly kind: 'account' })
  /** Nobody signed. Only operations that say so can be called like this. */
  | (Identity & { readonly kind: 'anonymous' });

/** Who vouches for a federated user. */
export type Voucher =
  | { readonly kind: 'root' }
  | { readonly kind: 'user'; readonly userName: string; readonly userId: string };

/** Where a call comes from. */
export type CallSource =
  | { readonly kind: 'network'; readonly address: string; readonly userAgent?: string; readonly secure?: boolean }
  /** Another service of this installation, by its principal name, and the ARN of what it calls for. */
  | { readonly kind: 'service'; readonly service: ServicePrincipalName; readonly arn?: string };

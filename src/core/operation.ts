import type { ZodType } from 'zod';
import type { AuditRule } from './audit.ts';
import type { AccountId, EpochMilliseconds, Region } from './ids.ts';
import type { CallSource, Principal } from './principal.ts';
import type { Unvalidated } from './unvalidated.ts';

/** What a handler knows of the call that it serves. */
export interface RequestContext {
  readonly account: AccountId;
  /** From the credential scope of the signature. */
  readonly region: Region;
  readonly principal: Principal;
  readonly source: CallSource;
  readonly requestId: string;
  /** The wall clock when the request came in. */
  readonly now: EpochMilliseconds;
  /**
   * If present, key and result are stored in the transaction of the effect, and a repeat returns the result.
   * AWS client tokens and the States service use it.
   */
  readonly idempotencyKey?: string;
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal;
}

/** One question to the policy evaluator: may the principal do `action` on `resource`, given these condition keys? */
export interface AccessRequest {
  /** `service:Operation`, such as `batch:SubmitJob`. */
  readonly action: string;
  /** An ARN, or `*` for actions without resource-level permissions. */
  readonly resource: string;
  /** What a refusal calls it, where its ARN would tell the caller that it is there. @default `resource` */
  readonly shownAs?: string;
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * The entry of a list that alone hangs on the answer, of an operation over many: the handler is told of those that are
   * refused, and does the others. @default the whole call hangs on it
   */
  readonly entry?: string;
  /** Only what denies it counts: nothing has to allow it. @default something must */
  readonly onlyDenied?: true;
  /** The policy of the resource itself, where it has one, or all that speak of it: it may grant what those of the principal do not. */
  readonly resourcePolicy?: string | readonly string[];
  /** The name of a role, of questions about assuming it: its trust policy must allow that, whatever else does. */
  readonly trustOf?: string;
}

/** What an operation asks about a call. */
export type AccessRequests = readonly AccessRequest[];

/** Entries of an operation over many that the principal may not touch, each with the words of the refusal. */
export type RefusedEntries = ReadonlyMap<string, string>;

/** One operation of a service: all that the gateway, IAM, audit and the coverage table need to know of it. */
export interface Operation<Input = unknown, Output = unknown> {
  readonly kind: 'operation';
  /** Validates and narrows the input; unknown members are dropped, as AWS does. */
  readonly schema: ZodType<Input>;
  readonly readOnly: boolean;
  /** An unsigned GET of it is taken too, from a principal of kind `anonymous`: what SNS's links need. @default false */
  readonly anonymous?: boolean;
  /**
   * Who calls, where a token in the request says so and no signature has to: an unsigned request is taken then, of at most 64 KiB.
   * Asked first of all, with an input that nobody has validated. Throws what whoever cannot be told is answered.
   * @default whoever signed
   */
  readonly identify?: (input: Unvalidated<Input>, context: RequestContext) => Promise<Principal>;
  /** The member of the answer that is a stream of events, each an object with one member. @default none */
  readonly eventStream?: string;
  /** Largest body in bytes, where what AWS allows does not fit into the default. @default 1 MiB */
  readonly maxBody?: number;
  /**
   * What must be allowed before the handler runs. Asked before the input is validated, so that nobody learns or costs
   * more than a refusal: reads only members that name things, through `core/unvalidated.ts`. Not asked of who may do
   * everything. Required by type: no operation can forget its access control.
   */
  readonly access: (input: Unvalidated<Input>, context: RequestContext) => AccessRequests | Promise<AccessRequests>;
  /** What the audit keeps of a call. Required by type too. */
  readonly audit: AuditRule;
  readonly handler: (input: Input, context: RequestContext, refused: RefusedEntries) => Output | Promise<Output>;
}

/** An operation that AWS has and this version does not: it answers a clear AWS error and stands so in the coverage table. */
export interface UnbuiltOperation {
  readonly kind: 'unbuilt';
}

export const unbuilt: UnbuiltOperation = { kind: 'unbuilt' };

// biome-ignore lint/suspicious/noExplicitAny: each operation has its own input and output; defineOperation checks them.
type AnyOperation = Operation<any, any>;

/** An operation whose code is read with the first call of its service: of services that most servers are never asked for. */
export interface LateOperation {
  readonly kind: 'late';
  /** As it will say itself. */
  readonly readOnly: boolean;
  load(): Promise<AnyOperation>;
}

interface LateOperations<Name extends string> {
  readonly reads: readonly Name[];
  readonly changes?: readonly Name[];
  /** Reads the code of all of them. Called once, unless it rejects. */
  readonly load: () => Promise<Readonly<Record<Name, AnyOperation>>>;
}

/** Declares the operations of a service that are read late. */
export function lateOperations<Name extends string>({ reads, changes = [], load }: LateOperations<Name>) {
  let loading: ReturnType<typeof load> | undefined;
  const all = () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const late = (name: Name, readOnly: boolean): LateOperation => ({
    kind: 'late',
    readOnly,
    load: async () => (await all())[name],
  });
  return Object.fromEntries([
    ...reads.map((name) => [name, late(name, true)]),
    ...changes.map((name) => [name, late(name, false)]),
  ]) as Readonly<Record<Name, LateOperation>>;
}

/** What callers of an operation are told that AWS has and this version has not. */
export function unbuiltMessage(operation: string): string {
  return `${operation} is not supported by this version of Batchyard: docs/coverage.md lists what is.`;
}

/** How an operation is reached in a protocol with HTTP bindings (restJson1). `{name}` in `path` binds a URL-decoded label. */
export interface HttpBinding {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  /** Input member name by query-string name; a list member takes every repetition. */
  readonly query?: Readonly<Record<string, { readonly member: string; readonly list?: boolean }>>;
  /** Input member name by the name of a header, in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The input member that is the body itself, as it came: bytes. */
  readonly payload?: string;
  /** Where the answer is not a JSON object with status 200. */
  readonly answer?: {
    /** A status, or the output member that says it. */
    readonly status?: number | string;
    /** Names of headers by output member. */
    readonly headers?: Readonly<Record<string, string>>;
    /** The output member that is the body itself. */
    readonly payload?: string;
  };
}

export type Protocol =
  | { readonly kind: 'restJson1'; readonly bindings: Readonly<Record<string, HttpBinding>> }
  | {
      readonly kind: 'awsJson1.0' | 'awsJson1.1';
      readonly targetPrefix: string;
      /** Another one that clients send. */
      readonly otherPrefix?: string;
    }
  /** CBOR by POST to `/service/<serviceName>/operation/<operation>`. */
  | { readonly kind: 'rpcv2Cbor'; readonly serviceName: string }
  | {
      readonly kind: 'awsQuery';
      readonly xmlNamespace: string;
      /** Output members that are maps, wherever they stand: an object does not tell a map from a structure. */
      readonly mapMembers?: readonly string[];
      /** Of a service whose lists and maps have no level of their own. @default they have one */
      readonly flat?: FlatNames;
    }
  | { readonly kind: 'ec2Query'; readonly xmlNamespace: string; readonly names: WireNames };

/**
 * What a service of awsQuery calls lists and maps that have no level of their own: `Attribute.1.Name=a`, and as many elements
 * `<Attribute>` as there are entries. A key `Operation.Name` goes before `Name`.
 */
export interface FlatNames {
  /** The member that the path of a request stands for, unless it is `/` or the member is given. */
  readonly path: string;
  /** By the wire's name of an entry. */
  readonly parameters: Readonly<Record<string, FlatName>>;
  /** By the SDK's name. */
  readonly results: Readonly<Record<string, FlatName>>;
}

/** The name on the other side; of a map also what the wire calls a key and its value. */
export interface FlatName {
  readonly name: string;
  readonly pair?: readonly [key: string, value: string];
}

/**
 * What ec2Query calls members where that does not follow from the SDK's names: as they are in parameters, with a small first
 * letter in results. A key `Parent.Member` goes before `Member`, and means the member of that name in `Parent` alone; `Parent` is
 * the name on its side: the wire's in parameters, the SDK's in results.
 */
export interface WireNames {
  /** The SDK's name of a list by the wire's, which is that of one entry: `Filter`, `Filter.Value`. */
  readonly lists: Readonly<Record<string, string>>;
  /** The SDK's name of any other parameter by the wire's. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The wire's name of a result by the SDK's: `Vpcs`, `AvailabilityZones.State`. */
  readonly results: Readonly<Record<string, string>>;
  /** Of entries of a list by the SDK's name of that. @default `item` */
  readonly entries: Readonly<Record<string, string>>;
}

/** The codes in which one service reports what the gateway itself finds wrong. */
export interface ServiceErrorCodes {
  /** The input does not fit the schema: `ClientException` for Batch, `InvalidParameterException` for Logs... */
  readonly validation: string;
  /** Of EC2, which has words of its own for a parameter that is not there, and for one that a strict schema does not know. */
  readonly parameters?: { readonly missing: string; readonly unrecognized: string };
  /** Anything unforeseen, with status 500: `ServerException` for Batch. */
  readonly internal: string;
  /** The principal may not do it: `AuthorizationError` for SNS. @default what the protocol's services answer */
  readonly denied?: string;
  /**
   * What codes are called in the query protocol, which the service once spoke alone: its clients know those. In JSON they go
   * along in a header. @default codes are the same in all protocols, and no header says so
   */
  readonly query?: Readonly<Record<string, QueryError>>;
}

/** A code and its status in the query protocol. */
export type QueryError = readonly [code: string, status: number];

/** A service of the registry. `Names` is the SDK's own list of operations: a missing one is a type error. */
export interface ServiceDefinition<Names extends string = string> {
  /** The name in credential scopes: `batch`, `logs`, `sts`. IAM's actions begin with it, unless `iam/operation-actions.ts` says another. */
  readonly name: string;
  /** The `Version` of the API, such as `2016-08-10`. */
  readonly apiVersion: string;
  /** What today's clients speak. */
  readonly protocol: Protocol;
  /** What others speak; a request says which one it is in. @default none */
  readonly otherProtocols?: readonly Protocol[];
  readonly errors: ServiceErrorCodes;
  readonly operations: Readonly<Record<Names, AnyOperation | UnbuiltOperation | LateOperation>>;
}

/** The operation names of an SDK client package, from the commands that it exports. */
export type CommandNames<Sdk> = {
  [Key in keyof Sdk]: Key extends `$${string}`
    ? never
    : Key extends `${infer Name}Command`
      ? Name extends '$' | ''
        ? never
        : Name
      : never;
}[keyof Sdk] &
  string;

/**
 * Declares an operation against the SDK's types: `defineOperation<SubmitJobCommandInput, SubmitJobCommandOutput>()({...})`.
 * The schema must produce a value that fits the SDK's input, and the handler one that fits its output (less `$metadata`).
 */
export function defineOperation<SdkInput, SdkOutput>() {
  return <Input extends SdkInput>(
    operation: Omit<Operation<Input, Omit<SdkOutput, '$metadata'>>, 'kind'>,
  ): Operation<Input, Omit<SdkOutput, '$metadata'>> => ({
    kind: 'operation',
    ...operation,
  });
}

/** An operation before it is given what its service works with. */
type ServiceOperation<Runtime, Input, Output> = Omit<Operation<Input, Output>, 'kind' | 'access' | 'handler'> & {
  readonly access: (
    input: Unvalidated<Input>,
    context: RequestContext,
    runtime: Runtime,
  ) => AccessRequests | Promise<AccessRequests>;
  readonly handler: (
    runtime: Runtime,
    input: Input,
    context: RequestContext,
    refused: RefusedEntries,
  ) => Output | Promise<Output>;
};

/**
 * Declares an operation like `defineOperation`, with the service's runtime handed to the handler:
 * `serviceOperation<Runtime, SdkInput, SdkOutput>()({...})(runtime)`.
 */
export function serviceOperation<Runtime, SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: ServiceOperation<Runtime, Input, Output>) =>
    (runtime: Runtime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        ...parts,
        access: (input, context) => parts.access(input, context, runtime),
        handler: (input, context, refused) => parts.handler(runtime, input, context, refused),
      });
}

import { type AuditRecord, type AuditRule, type AuditSink, ChangeUnderWay } from '../core/audit.ts';
import { isDiskFull } from '../core/disk-full.ts';
import { CommitFailed, ServiceError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { AccessRequests, RequestContext } from '../core/operation.ts';
import { redacted, wordsWithoutHidden } from './redaction.ts';
import { diskFullMessage } from './refusals.ts';
import type { BuiltEntry } from './service-catalogue.ts';

export interface AuditOptions {
  readonly sink: AuditSink;
  readonly logger: Logger;
}

/** One call while it is made. */
export interface AuditedCall {
  readonly entry: BuiltEntry;
  readonly input: unknown;
  readonly context: RequestContext;
  /** What the policy evaluator is asked, or would be. */
  readonly questions: () => AccessRequests | Promise<AccessRequests>;
}

type Outcome<Output> = { readonly output: Output } | { readonly error: unknown };

/** Keeps a record of each call that somebody wants to be kept, around all that is done for it. */
export class Audit {
  readonly #options: AuditOptions;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  wants({ operation, service }: BuiltEntry): boolean {
    const kind = kindOf(operation.audit);
    return kind !== 'none' && this.#options.sink.wants(kind, service.definition.name);
  }

  /**
   * Makes the call and keeps its record before it answers, a refusal too. A change is refused when no record can be kept;
   * a read goes on.
   */
  async around<Output>(call: AuditedCall, perform: () => Output | Promise<Output>): Promise<Output> {
    const change = call.entry.operation.readOnly ? undefined : new Change(call);
    if (change) await this.#admit(change);
    let outcome: Outcome<Output>;
    try {
      outcome = { output: await perform() };
    } catch (error) {
      outcome = { error };
    }
    await this.#keep(call, outcome, change);
    if ('error' in outcome) throw outcome.error;
    return outcome.output;
  }

  /** A change that was recorded as made could not be stored: another record says so, with the same request id. */
  async undone(call: AuditedCall, error: unknown): Promise<void> {
    await this.#keep(call, { error }, undefined);
  }

  async #admit(change: Change): Promise<void> {
    const { sink } = this.#options;
    try {
      await sink.admit();
      const noted = sink.begin(change);
      if (noted) await noted;
    } catch (cause) {
      sink.drop(change);
      throw unrecorded(change.call, isDiskFull(cause) ? diskFullMessage : unkept, cause);
    }
  }

  async #keep(call: AuditedCall, outcome: Outcome<unknown>, change: Change | undefined): Promise<void> {
    const { sink } = this.#options;
    try {
      const asked = call.questions();
      // Without a wait where none is needed: the record is there before what this turn changes is committed.
      await sink.record(recordOf(call, outcome, asked instanceof Promise ? await asked : asked), change);
    } catch (cause) {
      if (change) {
        sink.drop(change);
        throw unrecorded(call, 'No record of the call could be kept. It may have been made nevertheless.', cause);
      }
      const { requestId } = call.context;
      this.#options.logger.error({ requestId, err: cause }, 'no record of a call that only reads could be kept');
    }
  }
}

const unkept = 'No record of the call can be kept: nothing has been changed. Reads go on.';

function unrecorded({ entry }: AuditedCall, message: string, cause: unknown): ServiceError {
  return new ServiceError(entry.service.definition.errors.internal, message, { status: 503, cause });
}

function kindOf(rule: AuditRule) {
  return typeof rule === 'string' ? rule : rule.kind;
}

/** A change, for as long as it has no record. */
class Change extends ChangeUnderWay {
  readonly call: AuditedCall;

  constructor(call: AuditedCall) {
    super();
    this.call = call;
  }

  get ahead(): boolean {
    const { audit } = this.call.entry.operation;
    return typeof audit === 'object' && audit.ahead === true;
  }

  describe(): AuditRecord {
    return recordOf(this.call, undefined, this.#asked());
  }

  /** What has to be waited for is left out: a commit waits for this. */
  #asked(): AccessRequests {
    try {
      const asked = this.call.questions();
      if (!(asked instanceof Promise)) return asked;
      // Whoever decides on the call hears of its failure.
      asked.catch(() => {});
      return [];
    } catch {
      // The same: who cannot be asked about has no resources.
      return [];
    }
  }
}

/** Without an outcome: the call is under way. */
function recordOf(call: AuditedCall, outcome: Outcome<unknown> | undefined, asked: AccessRequests): AuditRecord {
  const { entry, input, context } = call;
  const { operation, service, name } = entry;
  const rule = operation.audit;
  if (rule === 'none') throw new Error(`${name} is not audited`);
  const { hide = [], hideAnswer = [] } = typeof rule === 'string' ? {} : rule;
  const parameters = redacted(input, hide);
  const answer =
    operation.readOnly || !outcome || 'error' in outcome
      ? undefined
      : redacted(outcome.output, [...hide, ...hideAnswer]);
  const { now, requestId, account, region, principal, source } = context;
  return {
    ...{ time: now, requestId, account, region, principal, source },
    service: service.definition.name,
    operation: name,
    kind: typeof rule === 'string' ? rule : rule.kind,
    readOnly: operation.readOnly,
    ...(parameters === undefined ? {} : { parameters }),
    ...(answer === undefined ? {} : { answer }),
    resources: resourcesOf(asked),
    ...(outcome && 'error' in outcome ? describeError(outcome.error, call, hide) : {}),
  };
}

function resourcesOf(asked: AccessRequests): readonly string[] {
  return [...new Set(asked.map(({ resource }) => resource).filter((resource) => !resource.endsWith('*')))];
}

function describeError(
  error: unknown,
  { entry, input }: AuditedCall,
  hide: readonly string[],
): Pick<AuditRecord, 'errorCode' | 'errorMessage'> {
  const { internal } = entry.service.definition.errors;
  if (error instanceof ServiceError)
    return { errorCode: error.code, errorMessage: wordsWithoutHidden(error.message, input, hide) };
  if (error instanceof CommitFailed) return { errorCode: internal, errorMessage: error.message };
  return { errorCode: internal };
}

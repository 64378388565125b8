import type { AuditRecord, AuditRule, AuditSink } from '../core/audit.ts';
import { ServiceError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { AccessRequests, RequestContext } from '../core/operation.ts';
import { redacted } from './redaction.ts';
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

/** Keeps a record of each call that somebody wants to be kept, around all that is done for it. */
export class Audit {
  readonly #options: AuditOptions;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  wants({ operation }: BuiltEntry): boolean {
    const kind = kindOf(operation.audit);
    return kind !== 'none' && this.#options.sink.wants(kind);
  }

  /**
   * Makes the call and keeps its record before it answers, a refusal too. A change is refused when no record can be kept;
   * a read goes on.
   */
  async around<Output>(call: AuditedCall, perform: () => Output | Promise<Output>): Promise<Output> {
    const isChange = !call.entry.operation.readOnly;
    if (isChange) await this.#admit(call);
    let outcome: { readonly output: Output } | { readonly error: unknown };
    try {
      outcome = { output: await perform() };
    } catch (error) {
      outcome = { error };
    }
    await this.#keep(call, 'error' in outcome ? outcome.error : undefined, isChange);
    if ('error' in outcome) throw outcome.error;
    return outcome.output;
  }

  async #admit(call: AuditedCall): Promise<void> {
    try {
      await this.#options.sink.admit();
    } catch (cause) {
      throw unrecorded(call, 'No record of the call can be kept: nothing has been changed. Reads go on.', cause);
    }
  }

  async #keep(call: AuditedCall, error: unknown, isChange: boolean): Promise<void> {
    try {
      await this.#options.sink.record(await recordOf(call, error));
    } catch (cause) {
      if (isChange) {
        throw unrecorded(call, 'No record of the call could be kept. It may have been made nevertheless.', cause);
      }
      const { requestId } = call.context;
      this.#options.logger.error({ requestId, err: cause }, 'no record of a call that only reads could be kept');
    }
  }
}

function unrecorded({ entry }: AuditedCall, message: string, cause: unknown): ServiceError {
  return new ServiceError(entry.service.definition.errors.internal, message, { status: 503, cause });
}

function kindOf(rule: AuditRule) {
  return typeof rule === 'string' ? rule : rule.kind;
}

async function recordOf({ entry, input, context, questions }: AuditedCall, error: unknown): Promise<AuditRecord> {
  const { operation, service, name } = entry;
  const rule = operation.audit;
  if (rule === 'none') throw new Error(`${name} is not audited`);
  const parameters = redacted(input, typeof rule === 'string' ? [] : rule.hide);
  const { now, requestId, account, region, principal, source } = context;
  return {
    ...{ time: now, requestId, account, region, principal, source },
    service: service.definition.name,
    operation: name,
    kind: typeof rule === 'string' ? rule : rule.kind,
    readOnly: operation.readOnly,
    ...(parameters === undefined ? {} : { parameters }),
    resources: await resourcesOf(questions),
    ...(error === undefined ? {} : describeError(error, service.definition.errors.internal)),
  };
}

async function resourcesOf(questions: AuditedCall['questions']): Promise<readonly string[]> {
  const asked = await questions();
  return [...new Set(asked.map(({ resource }) => resource).filter((resource) => !resource.endsWith('*')))];
}

function describeError(error: unknown, internal: string): Pick<AuditRecord, 'errorCode' | 'errorMessage'> {
  if (error instanceof ServiceError) return { errorCode: error.code, errorMessage: error.message };
  return { errorCode: internal };
}

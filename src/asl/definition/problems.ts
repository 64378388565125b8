import type { ExpressionFault } from '../evaluate/evaluation.ts';
import type { TaskDefinition, TaskFault } from './task-definition.ts';

/** The codes of ValidateStateMachineDefinition that this library gives (API reference, diagnostic elements). */
export type DiagnosticCode =
  | 'INVALID_JSON_DESCRIPTION'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'UNSUPPORTED_JSONATA_EXPRESSION'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME'
  | 'MISSING_TRANSITION_TARGET'
  | 'NO_DOLLAR'
  | 'NO_PATH'
  | 'PASS_RESULT_IS_STATIC';

/** One thing that is wrong, or doubtful, in a definition. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: DiagnosticCode;
  readonly message: string;
  /** Such as `/States/Check/Choices[0]/Next`; absent where the whole definition is meant. */
  readonly location?: string;
}

/** A JSONata expression of which is not yet known whether it is one. */
interface Unchecked {
  readonly expression: string;
  readonly location: string;
}

/** A Task state of which is not yet known whether what it calls is there, and takes what it is given. */
export interface UncheckedTask {
  readonly task: TaskDefinition;
  readonly location: string;
}

/** So many errors, and so many warnings, are kept: more than any answer shows. */
const mostOfEach = 101;

/** Collects the diagnostics of one definition, in the order of their places. */
export class Problems {
  readonly #found: (Diagnostic | Unchecked | UncheckedTask)[] = [];
  readonly #counts = { ERROR: 0, WARNING: 0 };

  /** What is known to be wrong or doubtful. */
  get list(): readonly Diagnostic[] {
    return this.#found.filter((each) => 'code' in each);
  }

  /** `location` is empty for the definition itself, which AWS calls `/`. */
  schema(message: string, location: string): void {
    this.error('SCHEMA_VALIDATION_FAILED', message, location === '' ? '/' : location);
  }

  error(code: DiagnosticCode, message: string, location?: string): void {
    this.#add('ERROR', code, message, location);
  }

  warning(code: DiagnosticCode, message: string, location: string): void {
    this.#add('WARNING', code, message, location);
  }

  /** An expression is JSONata, or it will turn out to be wrong at this place. */
  expression(text: string, location: string): void {
    this.#found.push({ expression: text, location });
  }

  /** A Task state calls this, or it will turn out that it cannot. */
  task(task: TaskDefinition, location: string): void {
    this.#found.push({ task, location });
  }

  /** The Task states to be checked. */
  get tasks(): readonly UncheckedTask[] {
    return this.#found.filter((each) => 'task' in each);
  }

  /** The expressions to be checked, each once. */
  get expressions(): readonly string[] {
    return [...new Set(this.#found.flatMap((each) => ('expression' in each ? [each.expression] : [])))];
  }

  /**
   * All that is wrong or doubtful, once `faults` says by text what is wrong with the expressions, and `taskFaults` with the
   * tasks.
   */
  settled(
    faults: ReadonlyMap<string, readonly ExpressionFault[]>,
    taskFaults: ReadonlyMap<TaskDefinition, readonly TaskFault[]>,
  ): readonly Diagnostic[] {
    const settled = this.#found.flatMap((each): readonly Diagnostic[] => {
      if ('code' in each) return [each];
      if ('task' in each) return (taskFaults.get(each.task) ?? []).map((fault) => faultOf(fault, each.location));
      const found = faults.get(each.expression) ?? [];
      return found.map((fault) => ({ severity: 'ERROR', ...fault, location: each.location }));
    });
    return settled.slice(0, 2 * mostOfEach);
  }

  #add(severity: Diagnostic['severity'], code: DiagnosticCode, message: string, location?: string): void {
    this.#counts[severity] += 1;
    if (this.#counts[severity] > mostOfEach) return;
    this.#found.push(location === undefined ? { severity, code, message } : { severity, code, message, location });
  }
}

/** A fault of a Task state as it is reported. */
export function faultOf({ field, message }: TaskFault, at: string): Diagnostic {
  const location = field === undefined ? at : `${at}/${field}`;
  return { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message, location };
}

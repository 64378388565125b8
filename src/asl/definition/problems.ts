/** The codes of ValidateStateMachineDefinition that this library gives (API reference, diagnostic elements). */
export type DiagnosticCode =
  | 'INVALID_JSON_DESCRIPTION'
  | 'MISSING_DESCRIPTION'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'INVALID_RESOURCE'
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

/** Collects all diagnostics of one definition. */
export class Problems {
  readonly list: Diagnostic[] = [];

  schema(message: string, location: string): void {
    this.error('SCHEMA_VALIDATION_FAILED', message, location);
  }

  error(code: DiagnosticCode, message: string, location?: string): void {
    this.#add('ERROR', code, message, location);
  }

  warning(code: DiagnosticCode, message: string, location: string): void {
    this.#add('WARNING', code, message, location);
  }

  get failed(): boolean {
    return this.list.some(({ severity }) => severity === 'ERROR');
  }

  #add(severity: Diagnostic['severity'], code: DiagnosticCode, message: string, location?: string): void {
    this.list.push(location === undefined ? { severity, code, message } : { severity, code, message, location });
  }
}

import type { Scope } from '../../core/arn.ts';
import { defineRecord } from '../../store/index.ts';

/** One statement of a function's policy, as IAM reads it. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: string | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Who may invoke a function, beside those whose own policies say so. It stays when the configuration names the function no more. */
export interface FunctionPolicyRecord extends Scope {
  /** The function's name. */
  readonly name: string;
  readonly revisionId: string;
  readonly statements: readonly PolicyStatement[];
}

export const functionPolicyRecords = defineRecord({
  type: 'functionPolicy',
  key: ({ name }: FunctionPolicyRecord) => name,
});

/** Every type of record that Lambda keeps. */
export const lambdaRecords = [functionPolicyRecords];

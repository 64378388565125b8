import {
  type Cap,
  type Decisive,
  findAction,
  type PolicyDecision,
  type PolicyOutcome,
  type Position,
} from '../../iam/index.ts';
import { mostRestrictive, type Trial } from './simulation.ts';

/** What an action would be answered: of all resources together, and of each. */
export interface EvaluationResult extends Evaluated {
  readonly EvalActionName: string;
  /** What ARNs of the action's resources look like. */
  readonly EvalResourceName: string;
  readonly EvalDecision: PolicyOutcome;
  readonly OrganizationsDecisionDetail?: { readonly AllowedByOrganizations: boolean };
  readonly ResourceSpecificResults?: readonly ResourceResult[];
}

export interface ResourceResult extends Evaluated {
  readonly EvalResourceName: string;
  readonly EvalResourceDecision: PolicyOutcome;
}

interface Evaluated {
  readonly MatchedStatements: readonly MatchedStatement[];
  readonly MissingContextValues: readonly string[];
  readonly EvalDecisionDetails?: Readonly<Record<string, PolicyOutcome>>;
  readonly PermissionsBoundaryDecisionDetail?: { readonly AllowedByPermissionsBoundary: boolean };
}

interface MatchedStatement {
  readonly SourcePolicyId: string;
  readonly SourcePolicyType: string;
  readonly StartPosition: { readonly Line: number; readonly Column: number };
  readonly EndPosition: { readonly Line: number; readonly Column: number };
}

/** Puts the trials of one action in the shape of IAM. */
export function evaluationResult(action: string, trials: readonly Trial[], caps: readonly Cap[]): EvaluationResult {
  const verdicts = trials.map(({ decision }) => decision.verdict);
  const overall = mostRestrictive(verdicts);
  const decisive = trials.filter(({ decision }) => decision.verdict === overall);
  const isNamed = trials.some(({ resource }) => resource !== '*');
  const missing = [...new Set(trials.flatMap((trial) => trial.missing))];
  return {
    EvalActionName: action,
    EvalResourceName: templateOf(action),
    EvalDecision: overall,
    MatchedStatements: statementsOf(decisive),
    MissingContextValues: missing,
    ...detailsOf(trials, isNamed),
    ...organizationDetail(trials, caps),
    ...(isNamed && { ResourceSpecificResults: trials.map(resourceResult) }),
  };
}

function resourceResult(trial: Trial): ResourceResult {
  return {
    EvalResourceName: trial.resource,
    EvalResourceDecision: trial.decision.verdict,
    MatchedStatements: statementsOf([trial]),
    MissingContextValues: trial.missing,
    ...detailsOf([trial], trial.isAcross),
  };
}

function templateOf(action: string): string {
  const found = findAction(action);
  return (found?.kind === 'known' ? found.facts.arns[0] : undefined) ?? '*';
}

/** Each statement once. */
function statementsOf(trials: readonly Trial[]): readonly MatchedStatement[] {
  const statements = new Set<Decisive['statement']>();
  return trials
    .flatMap(({ decision }) => decision.statements)
    .filter(({ statement }) => !statements.has(statement) && statements.add(statement))
    .map(matchedStatement);
}

function matchedStatement({ policy, statement }: Decisive): MatchedStatement {
  const { start, end } = statement.statement.place;
  return {
    SourcePolicyId: policy.id,
    SourcePolicyType: policy.kind === 'resource' ? 'Resource Policy' : 'IAM Policy',
    StartPosition: placeOf(start),
    EndPosition: placeOf(end),
  };
}

function placeOf({ line, column }: Position) {
  return { Line: line, Column: column };
}

/** Between accounts what each side says; within one, nothing. */
function detailsOf(trials: readonly Trial[], isShown: boolean): Partial<Evaluated> {
  const across = trials.filter(({ isAcross }) => isAcross).map(({ decision }) => decision.outcomes);
  const sides = {
    ...(across.length > 0 && {
      'IAM Policy': mostRestrictive(across.map(({ identity }) => identity ?? 'implicitDeny')),
    }),
    ...(across.length > 0 && {
      'Resource Policy': mostRestrictive(across.map(({ resource }) => resource ?? 'implicitDeny')),
    }),
  };
  const boundary = boundaryOf(trials.map(({ decision }) => decision));
  return {
    ...(isShown && { EvalDecisionDetails: sides }),
    ...(boundary !== undefined && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: boundary } }),
  };
}

function boundaryOf(decisions: readonly PolicyDecision[]): boolean | undefined {
  const outcomes = decisions.flatMap(({ outcomes: { boundary } }) => boundary ?? []);
  return outcomes.length === 0 ? undefined : mostRestrictive(outcomes) === 'allowed';
}

function organizationDetail(trials: readonly Trial[], caps: readonly Cap[]) {
  if (!caps.some(({ kind }) => kind === 'organization')) return {};
  const outcomes = trials.flatMap(({ decision }) => decision.outcomes.organization ?? []);
  return { OrganizationsDecisionDetail: { AllowedByOrganizations: mostRestrictive(outcomes) === 'allowed' } };
}

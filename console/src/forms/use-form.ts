import { useState } from 'react';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useSources } from '../data/sources.ts';
import { useAct } from '../data/use-act.ts';
import { type Problem, problemsOf } from '../fields/check.ts';
import { type Field, type FormPlan, fieldsOf, type Source } from '../fields/field.ts';
import type { Input } from '../fields/path.ts';
import { type RefusedField, refusedField } from '../fields/refused-field.ts';
import type { FormFacts } from './field-props.ts';

export interface FormOptions {
  readonly plan: FormPlan;
  /** What it begins with; later ones do not count. */
  readonly start: Input;
  /** What is sent, of the input and what it began with. @default the input */
  readonly toInput?: (input: Input, start: Input) => Input;
  readonly onDone: (answer: unknown, input: Input) => void;
  /** Hears each change: what is asked may hang on what was said. */
  readonly onChange?: (input: Input) => void;
}

/** A form as it stands: one plain object that fields, review, JSON and the `aws` line show. */
export interface FormHandle {
  readonly plan: FormPlan;
  readonly input: Input;
  readonly setInput: (input: Input) => void;
  readonly call: Call;
  readonly facts: FormFacts;
  readonly problemsIn: (step: number) => readonly Problem[];
  /** From now on what is missing is said as well. */
  readonly insist: () => void;
  /** Sends it; tells which field was refused, if one was. */
  readonly submit: (onRefused?: (field: RefusedField) => void) => void;
  readonly isSending: boolean;
  readonly error: CallError | null;
}

export function useForm({ plan, start, toInput = (input) => input, onDone, onChange }: FormOptions): FormHandle {
  const [first] = useState(start);
  const [input, setOwn] = useState(start);
  const setInput = (next: Input) => {
    setOwn(next);
    onChange?.(next);
  };
  const [insists, setInsists] = useState(false);
  const sources = useSources(sourcesOf(plan));
  const act = useAct();
  const call = { service: plan.service, operation: plan.operation, input: toInput(input, first) };
  const problems = plan.steps.map((step) => problemsOf(step, input, sources));
  const shown = problems.flat().filter(({ missing = false }) => insists || !missing);
  const refused = act.error ? refusedField(plan, input, act.error.failure.message) : undefined;
  return {
    plan,
    input,
    setInput,
    call,
    facts: {
      sources,
      problemAt: (path) => shown.find((problem) => problem.path === path),
      refusalAt: (path) => (refused?.path === path ? act.error?.failure.message : undefined),
    },
    problemsIn: (step) => problems[step] ?? [],
    insist: () => setInsists(true),
    submit: (onRefused) =>
      act.mutate(call, {
        onSuccess: (answer) => onDone(answer, input),
        onError: ({ failure }) => {
          const field = refusedField(plan, input, failure.message);
          if (field) onRefused?.(field);
        },
      }),
    isSending: act.isPending,
    error: act.error,
  };
}

/** What the fields of a form offer or refuse names of. */
function sourcesOf({ steps }: FormPlan): ReadonlySet<Source> {
  const of = (field: Field): readonly (Source | undefined)[] => {
    if (field.kind === 'rows') return field.fields.flatMap(of);
    if (field.kind === 'text') return [field.suggest, field.newIn];
    return field.kind === 'list' ? [field.suggest] : [];
  };
  const all = steps.flatMap(fieldsOf).flatMap(of);
  return new Set(all.filter((source) => source !== undefined));
}

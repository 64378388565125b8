import type { ReactNode } from 'react';
import type { Input } from '../fields/path.ts';
import { FormFrame } from './form-frame.tsx';
import { useFormView } from './form-views.tsx';
import { StepView } from './step-view.tsx';
import { type FormOptions, useForm } from './use-form.ts';

export interface FormPageProps extends FormOptions {
  readonly title: string;
  readonly submitText: string;
  readonly onCancel: () => void;
  /** What is to be known before it is sent. */
  readonly before?: (input: Input) => ReactNode;
}

/** A form of one page: the first step of its plan. */
export function FormPage({ title, submitText, onCancel, before, ...options }: FormPageProps) {
  const form = useForm(options);
  const [view] = useFormView();
  const [step] = options.plan.steps;
  if (!step) return null;
  const submit = () => {
    form.insist();
    if (view === 'json' || form.problemsIn(0).length === 0) form.submit();
  };
  return (
    <FormFrame
      title={title}
      form={form}
      submitText={submitText}
      view={view}
      onSubmit={submit}
      onCancel={onCancel}
      before={before?.(form.input)}
    >
      <StepView step={step} input={form.input} onInput={form.setInput} facts={form.facts} />
    </FormFrame>
  );
}

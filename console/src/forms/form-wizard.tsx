import SpaceBetween from '@cloudscape-design/components/space-between';
import Wizard, { type WizardProps } from '@cloudscape-design/components/wizard';
import type { ReactNode } from 'react';
import { useText } from '../messages/text-context.tsx';
import { Failure } from '../views/failure.tsx';
import { FormFrame } from './form-frame.tsx';
import type { FormPageProps } from './form-page.tsx';
import { FormViews, useFormView } from './form-views.tsx';
import { ReviewView } from './review-view.tsx';
import { StepView } from './step-view.tsx';
import { useForm } from './use-form.ts';
import { useStep } from './use-step.ts';

/** A form of several pages with a review behind them. The address says which page; none is reached past one that is not whole. */
export function FormWizard({ title, submitText, onCancel, before, ...options }: FormPageProps) {
  const text = useText();
  const form = useForm(options);
  const [view] = useFormView();
  const { steps } = options.plan;
  const [step, go] = useStep(steps.map((_each, index) => form.problemsIn(index).length === 0));
  // Where the server says what is wrong one is led to it.
  const submit = () => form.submit(({ step: named }) => go(named));
  if (view === 'json') {
    const frame = {
      title,
      form,
      submitText,
      view,
      onCancel,
      onSubmit: () => form.submit(),
      before: before?.(form.input),
    };
    return <FormFrame {...frame} />;
  }
  const failure = form.error && <Failure error={form.error} />;
  const pages = steps.map((each): WizardProps.Step => {
    const page = (
      <StepView key={each.title} step={each} input={form.input} onInput={form.setInput} facts={form.facts} />
    );
    return { title: text(each.title), content: withFailure(page, failure) };
  });
  const review = <ReviewView plan={options.plan} input={form.input} call={form.call} onEdit={go} />;
  const last = withFailure(review, failure, before?.(form.input));
  return (
    <SpaceBetween size="m">
      <FormViews />
      <Wizard
        steps={[...pages, { title: text('step.review'), description: title, content: last }]}
        activeStepIndex={step}
        submitButtonText={submitText}
        isLoadingNextStep={form.isSending}
        onNavigate={({ detail }) => {
          const isWhole = form.problemsIn(step).length === 0;
          if (detail.requestedStepIndex > step && !isWhole) form.insist();
          else go(detail.requestedStepIndex);
        }}
        onCancel={onCancel}
        onSubmit={submit}
      />
    </SpaceBetween>
  );
}

function withFailure(page: ReactNode, failure: ReactNode, before?: ReactNode) {
  return (
    <SpaceBetween size="l">
      {failure}
      {page}
      {before}
    </SpaceBetween>
  );
}

import SpaceBetween from '@cloudscape-design/components/space-between';
import Wizard, { type WizardProps } from '@cloudscape-design/components/wizard';
import { useNavigate } from 'react-router';
import { useFirstRun } from '../../data/first-run.ts';
import {
  type FirstRunKind,
  firstRunCalls,
  firstRunParts,
  firstRunPlans,
  firstRunStart,
} from '../../fields/first-run.ts';
import { PlatformTiles } from '../../forms/platform-tiles.tsx';
import { ReviewView } from '../../forms/review-view.tsx';
import { StepView } from '../../forms/step-view.tsx';
import { useForm } from '../../forms/use-form.ts';
import { useStep } from '../../forms/use-step.ts';
import { useText } from '../../messages/text-context.tsx';
import { Progress } from './progress.tsx';

const kinds = [
  { kind: 'ec2', label: 'platform.ec2', words: 'environment.ec2' },
  { kind: 'fargate', label: 'platform.fargate', words: 'environment.fargate' },
] as const;

const nothing = () => undefined;

/** Orchestration, environment, queue, definition, job, review; then all of it is made, and what is there stays if it is held up. */
export function FirstRun({ kind }: { readonly kind: FirstRunKind }) {
  const text = useText();
  const navigate = useNavigate();
  const plans = firstRunPlans(kind);
  const start = firstRunStart(kind);
  const forms = {
    environment: useForm({ plan: plans.environment, start: start.environment, onDone: nothing }),
    queue: useForm({ plan: plans.queue, start: start.queue, onDone: nothing }),
    definition: useForm({ plan: plans.definition, start: start.definition, onDone: nothing }),
    job: useForm({ plan: plans.job, start: start.job, onDone: nothing }),
  };
  const run = useFirstRun();
  const list = firstRunParts.map((part) => forms[part]);
  // What exists is used as it is: that its name is taken keeps nobody here.
  const problems = list.map((form) => form.problemsIn(0).filter(({ message }) => message !== 'problem.taken'));
  const [step, go] = useStep([true, ...problems.map(({ length }) => length === 0)]);
  const [environment, queue, definition, job] = list.map(({ input }) => input);
  const calls = firstRunCalls({
    environment: environment ?? {},
    queue: queue ?? {},
    definition: definition ?? {},
    job: job ?? {},
  });
  const pages = firstRunParts.map((part): WizardProps.Step => {
    const { input, setInput, facts } = forms[part];
    const [own = { title: '', fields: [] }] = plans[part].steps;
    return {
      title: text(own.title),
      content: <StepView key={part} step={own} input={input} onInput={setInput} facts={facts} />,
    };
  });
  const review = (
    <SpaceBetween size="l">
      {firstRunParts.map((part, index) => (
        <ReviewView
          key={part}
          plan={plans[part]}
          input={forms[part].input}
          call={calls[part]}
          onEdit={() => go(index + 1)}
        />
      ))}
      <Progress run={run} />
    </SpaceBetween>
  );
  const first = <PlatformTiles kinds={kinds} chosen={kind} />;
  return (
    <Wizard
      steps={[
        { title: text('first-run.orchestration'), content: first },
        ...pages,
        { title: text('step.review'), content: review },
      ]}
      activeStepIndex={step}
      submitButtonText={text(run.error ? 'first-run.go-on' : 'first-run.create')}
      isLoadingNextStep={run.isRunning}
      onNavigate={({ detail }) => {
        const isWhole = step === 0 || problems[step - 1]?.length === 0;
        if (detail.requestedStepIndex > step && !isWhole) list[step - 1]?.insist();
        else go(detail.requestedStepIndex);
      }}
      onCancel={() => void navigate('/')}
      onSubmit={() => run.run(calls)}
    />
  );
}

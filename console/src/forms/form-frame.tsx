import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from '../views/aws-line.tsx';
import { Failure } from '../views/failure.tsx';
import { FormViews } from './form-views.tsx';
import { InputJson } from './input-json.tsx';
import type { FormHandle } from './use-form.ts';

interface FormFrameProps {
  readonly title: string;
  readonly form: FormHandle;
  readonly submitText: string;
  readonly view: 'form' | 'json';
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly children?: ReactNode;
  /** What is to be known before it is sent. */
  readonly before?: ReactNode;
}

/** A form of one page, and every form as JSON. What was said stays when it is refused. */
export function FormFrame({ title, form, submitText, view, onSubmit, onCancel, children, before }: FormFrameProps) {
  const text = useText();
  const nothing = Object.keys(form.call.input).length === 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Form
        header={
          <Header variant="h1" actions={<FormViews />}>
            {title}
          </Header>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={onCancel}>
              {text('form.cancel')}
            </Button>
            <Button variant="primary" loading={form.isSending} disabled={nothing}>
              {submitText}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {view === 'json' ? <InputJson plan={form.plan} input={form.input} onInput={form.setInput} /> : children}
          {before}
          {nothing ? <Alert type="info">{text('form.nothing-changed')}</Alert> : <AwsLine call={form.call} />}
          {form.error && <Failure error={form.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}

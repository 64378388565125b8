import Box from '@cloudscape-design/components/box';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useDefinition } from '../../data/definitions.ts';
import type { Input } from '../../fields/path.ts';
import { definitionPlan, kindOfDefinition, registeredAgain } from '../../fields/register-job-definition.ts';
import { FormWizard } from '../../forms/form-wizard.tsx';
import { useText } from '../../messages/text-context.tsx';
import { DiffText } from '../../views/diff-text.tsx';
import { Failure } from '../../views/failure.tsx';

/** A new revision, begun with one that there is: revisions are never changed. */
export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const [search] = useSearchParams();
  const revision = search.get('revision');
  const { definition, error, isPending } = useDefinition(revision === null ? name : `${name}:${revision}`);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  if (!definition) return <Box variant="h1">{text('definition.not-found', { name })}</Box>;
  const start = registeredAgain(definition as Input);
  const list = `/definitions/${encodeURIComponent(name)}`;
  return (
    <FormWizard
      title={text('definition.edit')}
      plan={definitionPlan(kindOfDefinition(start))}
      start={start}
      submitText={text('definition.register')}
      before={(input) => <DiffText left={start} right={input} />}
      onDone={() => void navigate(list)}
      onCancel={() => void navigate(list)}
    />
  );
}

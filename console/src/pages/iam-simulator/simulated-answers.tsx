import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Simulated } from '../../data/simulated.ts';
import { type SimulatedAnswer, useSimulation } from '../../data/simulation.ts';
import { useText } from '../../messages/text-context.tsx';
import { ItemTable } from '../../views/item-table.tsx';

/** What policies say, and which statement decided. */
export function SimulatedAnswers({ asked }: { readonly asked: Simulated }) {
  const { data, error, isPending } = useSimulation(asked);
  return (
    <ItemTable<SimulatedAnswer>
      title="policy-simulator.answers"
      items={data?.EvaluationResults}
      error={error}
      isPending={isPending}
      empty="policy-simulator.none"
      columns={[
        { id: 'action', header: 'policy-simulator.action', cell: ({ EvalActionName }) => EvalActionName },
        {
          id: 'resource',
          header: 'policy-simulator.resource',
          cell: ({ EvalResourceName }) => EvalResourceName ?? '*',
        },
        { id: 'decision', header: 'policy-simulator.decision', cell: (answer) => <Decision answer={answer} /> },
        { id: 'why', header: 'policy-simulator.why', cell: (answer) => <Why answer={answer} /> },
      ]}
    />
  );
}

function Decision({ answer: { EvalDecision } }: { readonly answer: SimulatedAnswer }) {
  const text = useText();
  const words: Readonly<Record<string, string>> = {
    allowed: text('policy-simulator.allowed'),
    explicitDeny: text('policy-simulator.denied'),
    implicitDeny: text('policy-simulator.not-allowed'),
  };
  return (
    <StatusIndicator type={EvalDecision === 'allowed' ? 'success' : 'error'}>
      {words[EvalDecision ?? ''] ?? EvalDecision}
    </StatusIndicator>
  );
}

/** The statements that decided, by policy and place; else what lacks. */
function Why({ answer }: { readonly answer: SimulatedAnswer }) {
  const text = useText();
  const { MatchedStatements = [], MissingContextValues = [], PermissionsBoundaryDecisionDetail: boundary } = answer;
  const places = MatchedStatements.map(({ SourcePolicyId = '', StartPosition: start }) =>
    text('policy-simulator.statement', {
      policy: SourcePolicyId,
      line: start?.Line ?? '?',
      column: start?.Column ?? '?',
    }),
  );
  const stopped = boundary?.AllowedByPermissionsBoundary === 'false' ? [text('policy-simulator.boundary')] : [];
  const missing =
    MissingContextValues.length > 0
      ? [text('policy-simulator.missing', { keys: MissingContextValues.join(', ') })]
      : [];
  const all = [...places, ...stopped, ...missing];
  if (all.length === 0) return <>{text('policy-simulator.no-statement')}</>;
  return (
    <>
      {all.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  );
}

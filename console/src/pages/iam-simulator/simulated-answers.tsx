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
      title="simulator.answers"
      items={data?.EvaluationResults}
      error={error}
      isPending={isPending}
      empty="simulator.none"
      columns={[
        { id: 'action', header: 'simulator.action', cell: ({ EvalActionName }) => EvalActionName },
        { id: 'resource', header: 'simulator.resource', cell: ({ EvalResourceName }) => EvalResourceName ?? '*' },
        { id: 'decision', header: 'simulator.decision', cell: (answer) => <Decision answer={answer} /> },
        { id: 'why', header: 'simulator.why', cell: (answer) => <Why answer={answer} /> },
      ]}
    />
  );
}

function Decision({ answer: { EvalDecision } }: { readonly answer: SimulatedAnswer }) {
  const text = useText();
  const words: Readonly<Record<string, string>> = {
    allowed: text('simulator.allowed'),
    explicitDeny: text('simulator.denied'),
    implicitDeny: text('simulator.not-allowed'),
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
    text('simulator.statement', { policy: SourcePolicyId, line: start?.Line ?? '?', column: start?.Column ?? '?' }),
  );
  const stopped = boundary?.AllowedByPermissionsBoundary === 'false' ? [text('simulator.boundary')] : [];
  const missing =
    MissingContextValues.length > 0 ? [text('simulator.missing', { keys: MissingContextValues.join(', ') })] : [];
  const all = [...places, ...stopped, ...missing];
  if (all.length === 0) return <>{text('simulator.no-statement')}</>;
  return (
    <>
      {all.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  );
}

import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useText } from '../../messages/text-context.tsx';
import { lineOf, type Mark } from './mark.ts';

const mostShown = 20;

/** What is wrong in words, for who does not see the marks; told politely when it changes. */
export function ProblemList({ text: code, marks }: { readonly text: string; readonly marks: readonly Mark[] }) {
  const text = useText();
  return (
    <div aria-live="polite">
      <SpaceBetween size="xxxs">
        {marks.slice(0, mostShown).map(({ from, severity, message }) => (
          <StatusIndicator key={`${from} ${message}`} type={severity} wrapText>
            {text('code.problem', { line: lineOf(code, from), message })}
          </StatusIndicator>
        ))}
        {marks.length > mostShown && text('code.more-problems', { count: marks.length - mostShown })}
      </SpaceBetween>
    </div>
  );
}

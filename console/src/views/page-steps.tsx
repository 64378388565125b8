import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useText } from '../messages/text-context.tsx';

/** Which page of a list is shown: its token leads on, what was seen leads back. */
export interface Pages {
  /** Absent for the first page. */
  readonly token: string | undefined;
  readonly back: (() => void) | undefined;
  readonly onTo: (token: string) => void;
}

export function usePages(): Pages {
  const [tokens, setTokens] = useState<readonly string[]>([]);
  return {
    token: tokens.at(-1),
    back: tokens.length === 0 ? undefined : () => setTokens(tokens.slice(0, -1)),
    onTo: (token) => setTokens([...tokens, token]),
  };
}

interface PageStepsProps {
  readonly pages: Pages;
  /** That of the next page; absent on the last one. */
  readonly nextToken: string | undefined;
  /** What leads back and on, where a list has better words, such as newer and older. @default the words of tables */
  readonly backText?: string;
  readonly nextText?: string;
}

export function PageSteps({ pages, nextToken, backText, nextText }: PageStepsProps) {
  const text = useText();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={pages.back === undefined} onClick={() => pages.back?.()}>
        {backText ?? text('table.back')}
      </Button>
      <Button disabled={nextToken === undefined} onClick={() => nextToken !== undefined && pages.onTo(nextToken)}>
        {nextText ?? text('table.next')}
      </Button>
    </SpaceBetween>
  );
}

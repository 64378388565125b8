import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from './act.ts';

// Apart: most who look at a page change nothing on it.
const ActDialog = lazy(async () => ({ default: (await import('./act-dialog.tsx')).ActDialog }));

interface ActBarProps {
  readonly acts: readonly Act[];
  /** As links, in the row of a table. */
  readonly inline?: boolean;
  /** What they are done to, for who does not see the row. */
  readonly of?: string;
}

/** Buttons of what can be done; each asks first. */
export function ActBar({ acts, inline = false, of }: ActBarProps) {
  const text = useText();
  const [open, setOpen] = useState<Act>();
  const label = (title: string) => (of === undefined ? {} : { ariaLabel: `${text(title)}: ${of}` });
  return (
    <>
      <SpaceBetween direction="horizontal" size={inline ? 'xxs' : 'xs'}>
        {acts.map((act) => (
          <Button
            key={act.title}
            variant={inline ? 'inline-link' : 'normal'}
            {...label(act.title)}
            onClick={() => setOpen(act)}
          >
            {text(act.title)}
          </Button>
        ))}
      </SpaceBetween>
      <Suspense>{open && <ActDialog act={open} onClose={() => setOpen(undefined)} />}</Suspense>
    </>
  );
}

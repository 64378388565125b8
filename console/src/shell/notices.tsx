import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useText } from '../messages/text-context.tsx';
import { useGoneSince } from '../session/session-context.tsx';
import { Time } from '../views/time.tsx';
import { hasNewVersion, lookForNewVersion, onNewVersion } from './new-version.ts';

/** What concerns every page: the server is gone, or has another console than this. */
export function Notices() {
  const text = useText();
  const since = useGoneSince();
  const isNew = useSyncExternalStore(onNewVersion, hasNewVersion);
  useLookWhenBack(since !== undefined);
  if (since === undefined && !isNew) return null;
  return (
    <SpaceBetween size="xs">
      {since !== undefined && (
        <Alert type="warning" header={text('shell.gone')}>
          {text('shell.gone.since')} <Time at={since} />. {text('shell.gone.again')}
        </Alert>
      )}
      {isNew && (
        <Alert type="info" action={<Button onClick={() => location.reload()}>{text('shell.reload')}</Button>}>
          {text('shell.new-version')}
        </Alert>
      )}
    </SpaceBetween>
  );
}

/** A server that was gone may be back as a newer one. */
function useLookWhenBack(isGone: boolean): void {
  const wasGone = useRef(false);
  useEffect(() => {
    if (wasGone.current && !isGone) void lookForNewVersion();
    wasGone.current = isGone;
  }, [isGone]);
}

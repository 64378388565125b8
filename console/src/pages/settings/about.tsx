import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useInstallation } from '../../data/installation.ts';
import { useText } from '../../messages/text-context.tsx';
import { useRegion, useSession } from '../../session/session-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { Time } from '../../views/time.tsx';

/** Which server this is, and who one is to it. */
export function About() {
  const text = useText();
  const session = useSession();
  const region = useRegion();
  const { data, error } = useInstallation();
  if (session?.kind !== 'signed-in') return null;
  const items = [
    { label: text('settings.version'), value: data?.version ?? '–' },
    { label: text('sign-in.region'), value: region ?? '–' },
    { label: text('settings.account'), value: session.account },
    { label: text('settings.who'), value: session.arn },
    { label: text('settings.until'), value: <Time at={session.expiration} /> },
    { label: text('settings.server'), value: location.host },
  ];
  return (
    <Container header={<Header variant="h2">{text('settings.about')}</Header>}>
      <KeyValuePairs columns={3} items={items} />
      {error && <Failure error={error} />}
    </Container>
  );
}

import Box from '@cloudscape-design/components/box';
import { useText } from '../messages/text-context.tsx';
import { PathLink } from '../views/path-link.tsx';

/** An address that leads nowhere. */
export function NoPage() {
  const text = useText();
  return (
    <Box textAlign="center" padding="xxl">
      <Box variant="h1">{text('shell.no-page')}</Box>
      <PathLink to="/">{text('shell.to-dashboard')}</PathLink>
    </Box>
  );
}

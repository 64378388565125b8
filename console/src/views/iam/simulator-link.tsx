import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../path-link.tsx';

/** To what the simulator says of a principal. */
export function SimulatorLink({ principal }: { readonly principal: string }) {
  const text = useText();
  return (
    <PathLink to={`/iam/simulator?principal=${encodeURIComponent(principal)}`}>
      {text('policy-simulator.title')}
    </PathLink>
  );
}

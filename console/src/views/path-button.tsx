import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useHref, useNavigate } from 'react-router';

interface PathButtonProps extends Omit<ButtonProps, 'href' | 'onFollow'> {
  /** Below `/console`. */
  readonly to: string;
}

/** A button that leads to another page, as `PathLink` does. */
export function PathButton({ to, ...props }: PathButtonProps) {
  const navigate = useNavigate();
  const href = useHref(to);
  const follow: ButtonProps['onFollow'] = (event) => {
    event.preventDefault();
    void navigate(to);
  };
  return <Button {...props} href={href} onFollow={follow} />;
}

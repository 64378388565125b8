import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useHref, useNavigate } from 'react-router';

interface PathLinkProps extends Omit<LinkProps, 'href' | 'onFollow'> {
  /** Below `/console`. */
  readonly to: string;
}

/** A link to another page: followed without loading the console again, unless it is opened in another tab. */
export function PathLink({ to, ...props }: PathLinkProps) {
  const navigate = useNavigate();
  const href = useHref(to);
  const follow: LinkProps['onFollow'] = (event) => {
    event.preventDefault();
    void navigate(to);
  };
  return <Link {...props} href={href} onFollow={follow} />;
}

import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useHref, useLocation, useNavigate } from 'react-router';
import { useText } from '../messages/text-context.tsx';
import { type PageRoute, pages } from '../pages/page-route.ts';

const routes = pages
  .map(({ route }) => route)
  .filter((route): route is Required<PageRoute> => route.navigation !== undefined)
  .sort((left, right) => left.navigation.order - right.navigation.order);

export function Navigation() {
  const text = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const base = useHref('/').replace(/\/$/, '');
  const links = (section: 'batch' | 'services') =>
    routes
      .filter(({ navigation }) => navigation.section === section)
      .map(({ path, title }): SideNavigationProps.Link => ({ type: 'link', text: text(title), href: base + path }));
  const services = links('services');
  const items = services.length > 0 ? [...links('batch'), { type: 'divider' } as const, ...services] : links('batch');
  // What has no page above it in the navigation stands under that of its room.
  const room = pathname.split('/')[1];
  const active =
    routes.findLast(({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`))) ??
    routes.find(({ path }) => path.split('/')[1] === room);
  return (
    <SideNavigation
      activeHref={base + (active?.path ?? '/')}
      items={items}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(base.length));
      }}
    />
  );
}

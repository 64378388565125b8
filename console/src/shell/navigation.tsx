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
  const first = pathname.split('/')[1] ?? '';
  return (
    <SideNavigation
      activeHref={`${base}/${first}`}
      items={items}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(base.length));
      }}
    />
  );
}

import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/states/machines',
  title: 'machines.title',
  navigation: { section: 'services', order: 10 },
};

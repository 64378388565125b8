import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/definitions/:name/edit', title: 'definition.edit' };

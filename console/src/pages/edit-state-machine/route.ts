import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/states/machines/:name/edit', title: 'edit-machine.title' };

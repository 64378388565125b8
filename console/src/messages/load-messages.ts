import type { Language } from './language.ts';

type Module = { readonly default: Readonly<Record<string, string>> };

interface Loaded {
  readonly messages: Readonly<Record<string, string>>;
  /** Cloudscape's own. */
  readonly components: readonly unknown[];
}

/** A chunk for each language, loaded when it is the page's. */
const loaders: Readonly<Record<Language, () => Promise<readonly [Module, { default: unknown }]>>> = {
  en: () => Promise.all([import('virtual:messages/en'), import('@cloudscape-design/components/i18n/messages/all.en')]),
  fr: () => Promise.all([import('virtual:messages/fr'), import('@cloudscape-design/components/i18n/messages/all.fr')]),
  zh: () =>
    Promise.all([import('virtual:messages/zh'), import('@cloudscape-design/components/i18n/messages/all.zh-CN')]),
};

/** What only other pages than the dashboard say; it comes after the first page. */
const pageLoaders: Readonly<Record<Language, () => Promise<Module>>> = {
  en: () => import('virtual:messages/en/pages'),
  fr: () => import('virtual:messages/fr/pages'),
  zh: () => import('virtual:messages/zh/pages'),
};

export async function loadPageMessages(language: Language): Promise<Readonly<Record<string, string>>> {
  return (await pageLoaders[language]()).default;
}

export async function loadMessages(language: Language): Promise<Loaded> {
  const [own, components] = await loaders[language]();
  return { messages: own.default, components: [components.default] };
}

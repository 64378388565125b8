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

const others: Readonly<Record<Language, () => Promise<Module>>> = {
  en: () => import('virtual:messages/en/others'),
  fr: () => import('virtual:messages/fr/others'),
  zh: () => import('virtual:messages/zh/others'),
};

const messages: Record<string, string> = {};
let all: Promise<void> | undefined;

/** Those of pages other than the first: to be awaited before one of these is drawn. */
export function loadAllMessages(language: Language): Promise<void> {
  all ??= others[language]().then(
    (module) => void Object.assign(messages, module.default),
    (error: unknown) => {
      all = undefined;
      throw error;
    },
  );
  return all;
}

/** What the first page needs. */
export async function loadMessages(language: Language): Promise<Loaded> {
  const [own, components] = await loaders[language]();
  return { messages: Object.assign(messages, own.default), components: [components.default] };
}

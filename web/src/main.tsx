// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The pages: frame and routes. Each page but the first is a chunk of its own, fetched when it is opened.
import { render, type ComponentType, type JSX } from 'preact';
import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { allWords, LANGUAGES, language, t, type WordKey } from './lib/i18n';
import { about, learn, listen } from './lib/commons';
import { shortId } from './lib/format';
import { findKey, me, signer } from './lib/key';
import { InWords } from './lib/load';
import { followLinks, path } from './lib/route';
import { begin, chooseLanguage, light, setLight, type Light } from './lib/settings';
import { Told } from './ui/act';
import { Failure, Skeleton } from './ui/basic';
import { PlanPage } from './page/plan';
import { learnNames } from './ui/person';
import { followPrinting } from './ui/window';

interface Page {
  readonly path: string;
  readonly name: WordKey;
  readonly aside?: boolean; // not in the menu
  readonly load: () => Promise<ComponentType>;
}

// A new page: its file in src/page, and a row here.
const PAGES: readonly Page[] = [
  { path: '/plan', name: 'page_plan', load: async () => PlanPage },
  { path: '/compare', name: 'page_compare', load: async () => (await import('./page/compare')).ComparePage },
  { path: '/what-if', name: 'page_what_if', load: async () => (await import('./page/whatif')).WhatIfPage },
  { path: '/needs', name: 'page_needs', load: async () => (await import('./page/needs')).NeedsPage },
  { path: '/sharing', name: 'page_sharing', load: async () => (await import('./page/sharing')).SharingPage },
  { path: '/watching', name: 'page_watching', load: async () => (await import('./page/watching')).WatchingPage },
  { path: '/economy', name: 'page_economy', load: async () => (await import('./page/economy')).EconomyPage },
  { path: '/councils', name: 'page_councils', load: async () => (await import('./page/councils')).CouncilsPage },
  { path: '/turn', name: 'page_turn', load: async () => (await import('./page/turn')).TurnPage },
  { path: '/record', name: 'page_record', load: async () => (await import('./page/record')).RecordPage },
  { path: '/lights', name: 'page_lights', load: async () => (await import('./page/lights')).LightsPage },
  { path: '/start', name: 'page_start', load: async () => (await import('./page/start')).StartPage },
  { path: '/grants', name: 'page_grants', aside: true, load: async () => (await import('./page/grants')).GrantsPage },
  { path: '/check', name: 'page_check', aside: true, load: async () => (await import('./page/check')).CheckPage },
  { path: '/key', name: 'page_key', aside: true, load: async () => (await import('./page/key')).KeyPage },
];

// The plan comes with the first page, the others when they are opened.
const loaded = signal<ReadonlyMap<string, ComponentType | Error>>(new Map([['/plan', PlanPage]]));

function fetchPage(page: Page): void {
  const put = (what: ComponentType | Error): void => {
    loaded.value = new Map([...loaded.value, [page.path, what]]);
  };
  Promise.all([page.load(), allWords()]).then(([shown]) => put(shown), () => put(new InWords(t('no_server'))));
}

function pageOf(at: string): Page | undefined {
  if (at === '/') return PAGES[0];
  return PAGES.find((p) => at === p.path || at.startsWith(`${p.path}/`));
}

function Mark(): JSX.Element {
  const dots = [[9, 22], [16, 22], [23, 22], [12.5, 14.5], [19.5, 14.5]] as const;
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0f5c4f" />
      {dots.map(([x, y]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r="3.5" fill="#fff" />
      ))}
      <circle cx="16" cy="7.5" r="3.5" fill="#f2b84b" />
    </svg>
  );
}

function Settings(): JSX.Element {
  return (
    <>
      <label>
        <span class="hidden">{t('language')}</span>
        <select value={language.value.code} onChange={(e) => void chooseLanguage(e.currentTarget.value)}>
          {LANGUAGES.map((l) => (
            <option key={l.code} value={l.code} lang={l.code}>
              {l.name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="hidden">{t('light')}</span>
        <select value={light.value} onChange={(e) => setLight(e.currentTarget.value as Light)}>
          <option value="auto">{t('light_auto')}</option>
          <option value="light">{t('light_light')}</option>
          <option value="dark">{t('light_dark')}</option>
        </select>
      </label>
    </>
  );
}

function Top({ page }: { page: Page | undefined }): JSX.Element {
  const open = useSignal(false);
  useEffect(() => {
    open.value = false;
  }, [path.value]);
  return (
    <header class="top">
      <div class="top-in">
        <a class="brand" href="/">
          <Mark />
          Plenty <small>{about.value?.commons ?? ''}</small>
        </a>
        <span class="grow" />
        <div class="tools">
          {about.value?.commons_id != null && (
            <a class="button small" href="/key">
              <span class="dot" aria-hidden="true" style={{ background: signer.value === null ? 'var(--hollow)' : 'var(--good)' }} />
              {me.value === null ? t('key_none') : signer.value === null ? t('key_locked') : shortId(me.value)}
            </a>
          )}
          <button type="button" class="menu-button" aria-expanded={open.value} aria-controls="menu" onClick={() => (open.value = !open.value)}>
            {t('menu')}
          </button>
        </div>
        <nav id="menu" class={`main ${open.value ? 'open' : ''}`} aria-label={t('menu')}>
          <ul>
            {PAGES.filter((p) => p.aside !== true).map((p) => (
              <li key={p.path}>
                <a href={p.path} aria-current={p === page ? 'page' : undefined}>
                  {t(p.name)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function Body({ page }: { page: Page | undefined }): JSX.Element {
  const Shown = page === undefined ? undefined : loaded.value.get(page.path);
  useEffect(() => {
    if (page !== undefined && Shown === undefined) fetchPage(page);
  }, [page?.path, Shown === undefined]);
  if (page === undefined) {
    return (
      <>
        <h1 tabIndex={-1}>{t('not_found')}</h1>
        <p>
          <a href="/">{t('page_plan')}</a>
        </p>
      </>
    );
  }
  if (Shown instanceof Error) return <Failure error={Shown} />;
  return Shown === undefined ? <Skeleton /> : <Shown key={page.path} />;
}

function App(): JSX.Element {
  const page = pageOf(path.value);
  return (
    <>
      <a class="skip" href="#content">
        {t('skip')}
      </a>
      <Top page={page} />
      <main id="content">
        <Told />
        <Body page={page} />
      </main>
      <footer class="foot">
        <div class="foot-in">
          <span>{t('foot')}</span>
          <span class="grow" />
          <Settings />
        </div>
      </footer>
    </>
  );
}

async function start(): Promise<void> {
  void findKey();
  await Promise.all([begin(), learn()]);
  followLinks();
  followPrinting();
  if (about.value?.commons_id != null) {
    listen();
    void learnNames().catch(() => undefined); // without them ids are shown
  }
  const root = document.getElementById('app');
  if (root === null) throw new Error('the page has no place for the application');
  root.replaceChildren();
  render(<App />, root);
  void allWords().catch(() => undefined); // whoever needs them asks again
  void learn(); // what came with the page may be some seconds old
}

void start();

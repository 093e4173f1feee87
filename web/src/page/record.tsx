// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Record: what happened, in plain words; each entry can be checked here, in the browser, and everything on one's own machine.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { about, moved, now } from '../lib/commons';
import { count, moment, shortId } from '../lib/format';
import { hasWord, t, type Values, type WordKey } from '../lib/i18n';
import { keyText, signer } from '../lib/key';
import { InWords, useLoad } from '../lib/load';
import { checkEvent, checkGrowth, isRecordKey, lastCheckpoint, loadRecord, provenEvent, signCheckpoint, type Entry, type Findings } from '../lib/record';
import { query, setQuery } from '../lib/route';
import { fromHex, toHex, type Bytes } from '../record/bytes';
import { FIELDS } from '../record/kinds';
import { Signed } from '../ui/act';
import { Badge, Empty, Failure, Load, PageHead, Part } from '../ui/basic';
import { Dot, person } from '../ui/person';

const BLANKS = { who: '…', name: '…', title: '…', act: '…', position: '…', source: '…', grade: '…', amount: '…', party: '…' };
const TEXTS = ['text', 'statement', 'reasons', 'reason', 'explanation', 'purpose'];

function valueOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueOf).join(', ');
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? shortId(value) : value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

// What an event says, as a sentence.
export function sentence(entry: Entry): string {
  const who = person(entry.member);
  const key = `event_${entry.kind}`;
  const values: Record<string, string> = { who, kind: entry.words };
  for (const [name, value] of Object.entries(entry.body ?? {})) values[name] = valueOf(value);
  return t(hasWord(key) ? (key as WordKey) : 'event_other', values as Values);
}

function Text({ entry }: { entry: Entry }): JSX.Element | null {
  if (entry.hidden) return <p class="soft">{t('hidden_text')}</p>;
  const texts = TEXTS.map((name) => entry.body?.[name]).filter((x): x is string => typeof x === 'string' && x !== '');
  const long = texts.filter((x) => x.length > 400);
  if (texts.length === 0) return null;
  return (
    <div class="prose soft" dir="auto">
      {long.length > 0 ? (
        <details>
          <summary>{t('show_text')}</summary>
          {texts.join('\n\n')}
        </details>
      ) : (
        texts.join('\n')
      )}
    </div>
  );
}

function Line({ ok, word }: { ok: boolean | null; word: string }): JSX.Element {
  return (
    <li class="row">
      {ok === null ? <Badge>{t('not_yet')}</Badge> : ok ? <Badge kind="good">✓ {t('holds')}</Badge> : <Badge kind="short">✗ {t('does_not_hold')}</Badge>}
      <span>{word}</span>
    </li>
  );
}

function Found({ f, entry }: { f: Findings; entry: Entry }): JSX.Element {
  return (
    <div class="card" role="status">
      <ul class="plain">
        <Line ok={f.bytes} word={t('proof_bytes')} />
        <Line ok={f.signature} word={t('proof_signature')} />
        <Line ok={f.included} word={t('proof_included', { position: entry.position })} />
        <Line ok={f.checkpoint} word={t('proof_checkpoint')} />
      </ul>
      <dl class="facts small">
        <dt>{t('leaf_hash')}</dt>
        <dd class="mono">{entry.id}</dd>
        <dt>{t('signed_by_key')}</dt>
        <dd class="mono">{entry.key}</dd>
      </dl>
      <p class="small">
        <a href={`/api/record/${entry.position}/proof`} download={`proof-${entry.position}.tlog-proof`}>
          {t('download_proof')}
        </a>
      </p>
    </div>
  );
}

function Check({ entry, commons }: { entry: Entry; commons: string }): JSX.Element {
  const found = useSignal<Findings | Error | 'busy' | null>(null);
  const run = (): void => {
    found.value = 'busy';
    checkEvent(entry.position, entry.id, commons).then(
      (f) => (found.value = f),
      (e: unknown) => (found.value = e instanceof Error ? e : new Error(String(e))),
    );
  };
  const f = found.value;
  return (
    <>
      <button type="button" class="small no-print" disabled={f === 'busy'} onClick={run}>
        {t(f === 'busy' ? 'checking' : 'check_entry')}
      </button>
      {f instanceof Error && <Failure error={f} />}
      {f !== null && f !== 'busy' && !(f instanceof Error) && <Found f={f} entry={entry} />}
    </>
  );
}

function EntryItem({ entry, commons }: { entry: Entry; commons: string }): JSX.Element {
  return (
    <li id={`e${entry.position}`}>
      <div class="row between">
        <strong class="row">
          <Dot id={entry.member} /> <bdi>{sentence(entry)}</bdi>
        </strong>
        <span class="soft small number">
          {moment(entry.time)} · {t('position_n', { n: count(entry.position) })}
        </span>
      </div>
      <Text entry={entry} />
      <Check entry={entry} commons={commons} />
    </li>
  );
}

function Growth({ commons }: { commons: string }): JSX.Element {
  const result = useLoad(() => checkGrowth(commons, now()));
  return (
    <Load from={result}>
      {(g) =>
        g === null ? (
          <div class="notice">{t('growth_first')}</div>
        ) : g.holds ? (
          <div class="notice good">{t('growth_holds', { when: moment(g.seen.when), before: count(g.seen.size), after: count(g.size) })}</div>
        ) : (
          <div class="notice short" role="alert">
            {t('growth_broken', { when: moment(g.seen.when), before: count(g.seen.size) })}
          </div>
        )
      }
    </Load>
  );
}

// Whether the pages that the server says it serves are a release in the record.
async function release(hash: string, commons: string, stop: AbortSignal): Promise<{ readonly name: string; readonly position: number } | null> {
  const { events } = await loadRecord(null, 'release.published', stop);
  const found = events.find((e) => e.body?.['hash'] === hash);
  if (found === undefined) return null;
  const event = await provenEvent(found.position, 'release.published', commons);
  return toHex(event.body.get(1) as Bytes) === hash ? { name: event.body.get(2) as string, position: found.position } : null;
}

function Pages({ commons, hash }: { commons: string; hash: string }): JSX.Element {
  const found = useLoad((stop) => {
    void moved.value;
    return release(hash, commons, stop);
  });
  return (
    <Part title={t('pages_title')} note={t('pages_note')}>
      <p class="small">
        {t('pages_hash')} <code>{hash}</code>
      </p>
      <Load from={found}>{(r) => (r === null ? <div class="notice warn">{t('pages_none')}</div> : <div class="notice good">{t('pages_release', { name: r.name, position: count(r.position) })}</div>)}</Load>
      <pre>curl -s {location.origin}/api/pages | sha256sum</pre>
    </Part>
  );
}

// Who holds the record key signs, now and then, how large the record is and its root: from then on nobody can exchange it unnoticed.
function Checkpoints({ commons }: { commons: string }): JSX.Element {
  const loaded = useLoad(async () => {
    void moved.value;
    const key = /^public ([0-9a-f]{64})$/m.exec(keyText.value ?? '')?.[1];
    return { last: await lastCheckpoint(), mine: key !== undefined && (await isRecordKey(commons, fromHex(key))) };
  });
  const run = async (): Promise<string> => {
    if (signer.value === null) throw new InWords(t('key_locked'));
    const size = await signCheckpoint(commons, signer.value);
    moved.value++;
    return t('checkpoint_signed', { n: count(size) });
  };
  return (
    <Load from={loaded}>
      {({ last, mine }) => (
        <div class="row between">
          <p class="soft">{last === null ? t('no_checkpoint') : t('last_checkpoint', { n: count(last.size) })}</p>
          {mine && <Signed label={t('sign_checkpoint')} says={<p>{t('checkpoint_says')}</p>} run={run} />}
        </div>
      )}
    </Load>
  );
}

function Events({ commons, kind }: { commons: string; kind: string }): JSX.Element {
  const older = useSignal<readonly Entry[]>([]);
  const next = useSignal<number | null>(null);
  const first = useLoad((stop) => {
    void moved.value;
    return loadRecord(null, kind, stop);
  });
  const page = first.value.state === 'there' ? first.value.data : null;
  useEffect(() => {
    older.value = [];
    next.value = page?.next ?? null;
  }, [page]);
  const more = (): void => {
    void loadRecord(next.value, kind, new AbortController().signal).then((p) => {
      older.value = [...older.value, ...p.events];
      next.value = p.next;
    });
  };
  return (
    <Load from={first}>
      {(p) =>
        p.events.length === 0 ? (
          <Empty>{t('no_events')}</Empty>
        ) : (
          <>
            <ol class="timeline">
              {[...p.events, ...older.value].map((e) => (
                <EntryItem key={e.position} entry={e} commons={commons} />
              ))}
            </ol>
            {next.value !== null && (
              <button type="button" onClick={more}>
                {t('show_older')}
              </button>
            )}
          </>
        )
      }
    </Load>
  );
}

export function RecordPage(): JSX.Element {
  const commons = about.value?.commons_id ?? null;
  const kind = query.value.get('kind') ?? '';
  if (commons === null) {
    return (
      <>
        <PageHead title={t('page_record')} />
        <Empty>{t('no_commons')}</Empty>
      </>
    );
  }
  return (
    <>
      <PageHead title={t('page_record')}>{t('record_lead')}</PageHead>
      <Growth commons={commons} />
      <Checkpoints commons={commons} />
      <Part title={t('what_happened')}>
        <label class="field no-print">
          <span>{t('only_kind')}</span>
          <select value={kind} onChange={(e) => setQuery('kind', e.currentTarget.value === '' ? null : e.currentTarget.value)}>
            <option value="">{t('all_kinds')}</option>
            {Object.keys(FIELDS).map((k) => (
              <option key={k} value={k}>
                {hasWord(`event_${k}`) ? t(`event_${k}` as WordKey, BLANKS) : k}
              </option>
            ))}
          </select>
        </label>
        <Events key={kind} commons={commons} kind={kind} />
      </Part>
      <Part title={t('check_yourself')} note={t('check_yourself_note')}>
        <p>
          <a class="button" href="/api/record/export" download="record.tar">
            {t('download_record')}
          </a>
        </p>
        <pre>tar xf record.tar && plenty audit record</pre>
      </Part>
      <Pages commons={commons} hash={about.value?.pages ?? ''} />
    </>
  );
}

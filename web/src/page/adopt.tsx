// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The first constitution: every parameter in words, with its default and the bounds that hold for every commons; the founders
// adopt one text, each on their device.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { get } from '../lib/api';
import { readConstitution, sectionOf, writeConstitution, type Parameter, type Said } from '../lib/constitution';
import { day, exact } from '../lib/format';
import { t } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { Act } from '../ui/act';
import { Badge, Load, Table, wordOr } from '../ui/basic';
import { Person } from '../ui/person';

interface Adopted {
  readonly member: string | null;
  readonly text: string;
}

function Section({ name, rows, said, set }: { name: string; rows: readonly Parameter[]; said: Said; set: ((key: string, value: number) => void) | null }): JSX.Element {
  const title = wordOr(`section_${name}`, name);
  const value = (p: Parameter): number => said.values.get(p.key) ?? p.default;
  const changed = rows.filter((p) => value(p) !== p.default).length;
  return (
    <details>
      <summary>
        {title} {changed > 0 && <Badge kind="accent">{t('not_default', { n: changed })}</Badge>}
      </summary>
      <Table
        caption={title}
        rows={rows}
        columns={[
          {
            name: t('parameter'),
            cell: (p) => (
              <>
                {wordOr(`param_${p.key.replace('.', '_')}`, `${p.says} (${p.unit})`)}
                <br />
                <code class="soft small">{p.key}</code>
              </>
            ),
          },
          {
            name: t('parameter_value'),
            number: true,
            cell: (p) =>
              set === null ? (
                <strong class={value(p) === p.default ? '' : 'up'}>{exact(value(p))}</strong>
              ) : (
                <input class="value-input" type="number" aria-label={p.key} min={p.least} max={p.most} step={1} value={value(p)} onChange={(e) => set(p.key, Number(e.currentTarget.value))} />
              ),
          },
          { name: t('parameter_default'), number: true, cell: (p) => exact(p.default) },
          { name: t('parameter_bounds'), number: true, cell: (p) => t('from_to', { from: exact(p.least), to: exact(p.most) }) },
        ]}
      />
    </details>
  );
}

// A constitution by its sections; with `set`, its values can be changed.
function Readable({ parameters, said, set }: { parameters: readonly Parameter[]; said: Said; set: ((key: string, value: number) => void) | null }): JSX.Element {
  const names = [...new Set(parameters.map((p) => sectionOf(p.key)))];
  return (
    <div class="stack">
      {set === null && said.tiers.length > 0 && (
        <>
          <p>{t('tiers_named')}</p>
          <ol>
            {said.tiers.map((name, i) => (
              <li key={i}>
                <bdi>{name}</bdi>
              </li>
            ))}
          </ol>
        </>
      )}
      <p class="soft small">{t('bounds_note', { n: parameters.length })}</p>
      {names.map((name) => (
        <Section key={name} name={name} rows={parameters.filter((p) => sectionOf(p.key) === name)} said={said} set={set} />
      ))}
    </div>
  );
}

function AdoptButton({ text }: { text: string }): JSX.Element {
  return (
    <Act
      kind="constitution.adopted"
      look="primary"
      label={t('adopt_this')}
      fields={() => ({ text })}
      says={
        <>
          <p>{t('adopt_says')}</p>
          <pre class="small">{text}</pre>
        </>
      }
    />
  );
}

// Nothing is proposed yet: whoever comes first chooses, beginning with the defaults.
function Propose({ name, parameters }: { name: string; parameters: readonly Parameter[] }): JSX.Element {
  const values = useSignal<ReadonlyMap<string, number>>(new Map());
  const tiers = useSignal(`${t('tier_1_example')}\n${t('tier_2_example')}`);
  const said: Said = { values: values.value, tiers: tiers.value.split('\n').map((x) => x.trim()).filter((x) => x !== '').slice(0, 9) };
  const text = writeConstitution(name, parameters, said);
  return (
    <div class="stack">
      <p>{t('constitution_lead')}</p>
      <label class="field">
        <span>{t('tiers_of_needs')}</span>
        <textarea rows={3} value={tiers.value} onInput={(e) => (tiers.value = e.currentTarget.value)} />
        <p class="field-help">{t('tiers_help')}</p>
      </label>
      <Readable parameters={parameters} said={said} set={(key, value) => (values.value = new Map([...values.value, [key, value]]))} />
      <details>
        <summary>{t('constitution_text')}</summary>
        <pre class="small">{text}</pre>
      </details>
      <div>
        <AdoptButton text={text} />
      </div>
    </div>
  );
}

function Proposed({ text, adopted, founders, parameters }: { text: string; adopted: readonly Adopted[]; founders: number; parameters: readonly Parameter[] }): JSX.Element {
  const by = adopted.filter((a) => a.text === text);
  return (
    <div class="stack">
      <p>{t('adopted_by', { n: by.length, of: founders })}</p>
      <ul class="row plain">
        {by.map((a) => (
          <li key={a.member}>
            <Person id={a.member} />
          </li>
        ))}
      </ul>
      <Readable parameters={parameters} said={readConstitution(text)} set={null} />
      <details>
        <summary>{t('constitution_text')}</summary>
        <pre class="small">{text}</pre>
      </details>
      {by.some((a) => a.member === me.value) ? <p class="soft">{t('adopted_mine')}</p> : <div><AdoptButton text={text} /></div>}
    </div>
  );
}

export function Constitution({ name, since, adopted, founders }: { name: string; since: number | null; adopted: readonly Adopted[]; founders: number }): JSX.Element {
  const loaded = useLoad((stop) => get<{ parameters: readonly Parameter[] }>('/api/constitution', stop));
  if (since !== null) return <p>{t('constitution_since', { when: day(since) })}</p>;
  const times = (text: string): number => adopted.filter((a) => a.text === text).length;
  const text = [...new Set(adopted.map((a) => a.text))].sort((a, b) => times(b) - times(a))[0]; // that of most
  return (
    <Load from={loaded}>
      {({ parameters }) =>
        text === undefined ? (
          <Propose name={name} parameters={parameters} />
        ) : (
          <>
            <Proposed text={text} adopted={adopted} founders={founders} parameters={parameters} />
            <details>
              <summary>{t('other_constitution')}</summary>
              <Propose name={name} parameters={parameters} />
            </details>
          </>
        )
      }
    </Load>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The skill of the plan: was it a better forecast of what was done than doing as before? Shown first, also where it is below zero.
import type { JSX } from 'preact';
import { about } from '../lib/commons';
import { count, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadSkill, type Skill } from '../lib/watch';

function Why({ skill }: { skill: Skill }): JSX.Element {
  return (
    <details>
      <summary>{t('why')}</summary>
      <p class="small">{t('skill_why', { plan: percent(skill.plan), naive: percent(skill.naive), compared: count(skill.compared), lines: count(skill.lines) })}</p>
      <p class="small">{t('skill_how', { seasonal: count(skill.seasonal), worse: count(skill.worse), lines: count(skill.lines) })}</p>
      <p class="small">
        <a href="/watching">{t('page_watching')}</a>
      </p>
    </details>
  );
}

// Nothing where nothing was compared.
export function SkillNotice(): JSX.Element | null {
  const loaded = useLoad((stop) => (about.value?.commons_id == null ? Promise.resolve(null) : loadSkill(stop)));
  const now = loaded.value;
  if (now.state !== 'there' || now.data === null || now.data.skill === null) return null;
  const { skill } = now.data;
  return (
    <div class={`notice ${skill > 0 ? 'good' : 'short'}`}>
      <p>
        <strong>{t(skill > 0 ? 'skill_better' : 'skill_worse', { part: percent(Math.abs(skill)) })}</strong> {skill <= 0 && t('skill_explain')}
      </p>
      <Why skill={now.data} />
    </div>
  );
}

import type { ReplyOf, Routes } from '@waybill/api-contract';
import { taskViews } from '@waybill/api-contract';
import type { LucideIcon } from 'lucide-react';
import { CheckCheck, CircleDashed, Clock3, Eye, Layers, User, Users } from 'lucide-react';
import { classNames } from '../../ui/class-names.ts';
import type { View } from './inbox-filter.ts';
import { countWords, viewWords } from './inbox-filter.ts';

const icons: Record<View, LucideIcon> = {
  mine: User,
  groups: Users,
  unassigned: CircleDashed,
  watching: Eye,
  later: Clock3,
  done: CheckCheck,
  all: Layers,
};

interface ViewListProps {
  value: View;
  counts: ReplyOf<Routes['countTasks']> | undefined;
  onChange: (view: View) => void;
}

/** Whose tasks, with how many are open. */
export function ViewList({ value, counts, onChange }: ViewListProps) {
  return (
    <nav className="inbox__views" aria-label="Whose tasks">
      {taskViews.map((view) => {
        const Icon = icons[view];
        const count = view === 'done' ? '' : countWords(counts?.[view]);
        return (
          <button
            key={view}
            type="button"
            className={classNames('inbox__view', view === value && 'inbox__view--on')}
            aria-current={view === value ? 'page' : undefined}
            title={viewWords[view].about}
            onClick={() => onChange(view)}
          >
            <Icon size={15} aria-hidden />
            <span className="truncate">{viewWords[view].label}</span>
            {count && <span className="inbox__count">{count}</span>}
          </button>
        );
      })}
    </nav>
  );
}

import type { Exception, ExceptionGroup } from '@waybill/api-contract';
import { Layers, TriangleAlert } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { Due } from '../inbox/TaskMarks.tsx';
import { moneyWords } from '../inbox/task-words.ts';
import { classLabels, valuesWords } from './exception-words.ts';

/** One problem in the list: what, about what, how much, until when. */
export function ExceptionCard({ one, href, selected }: { one: Exception; href: string; selected: boolean }) {
  return (
    <li data-exception={one.id} className={classNames('task-card', selected && 'task-card--on')}>
      <TriangleAlert size={16} aria-hidden className="task-card__icon task-card__icon--fix" />
      <div className="task-card__body">
        <Link href={href} className="task-card__title" aria-current={selected ? 'true' : undefined}>
          {one.subject?.label ?? one.title}
        </Link>
        {one.subject && <p className="exceptions__what">{one.title}</p>}
        <div className="task-card__line muted">
          <span className="truncate" title={one.flowName}>
            {one.flowName}
          </span>
          {one.value && <strong>{moneyWords(one.value)}</strong>}
        </div>
        <div className="task-card__line">
          <span className="row">
            <Badge>{classLabels[one.class]}</Badge>
            {one.status === 'open' ? <Due task={one} /> : <StatusBadge status={one.status} />}
          </span>
          <span className="muted">
            <RelativeTime at={one.closedAt ?? one.openedAt} />
          </span>
        </div>
      </div>
    </li>
  );
}

/** All problems with one cause. */
export function GroupCard({ group, onOpen }: { group: ExceptionGroup; onOpen: () => void }) {
  return (
    <li className="task-card exceptions__group">
      <Layers size={16} aria-hidden className="task-card__icon task-card__icon--fix" />
      <div className="task-card__body">
        <button type="button" className="task-card__title exceptions__open" onClick={onOpen}>
          {group.title}
        </button>
        <p className="exceptions__what">{group.what}</p>
        <div className="task-card__line muted">
          <span className="truncate">{group.flows.map((flow) => flow.name).join(', ')}</span>
          <strong>{valuesWords(group.values)}</strong>
        </div>
        <div className="task-card__line">
          <span className="row">
            <Badge tone="failed">{group.count}</Badge>
            <Badge>{group.classes.map((name) => classLabels[name]).join(', ')}</Badge>
            {group.overdue > 0 && <span className="due due--overdue">{group.overdue} overdue</span>}
          </span>
          <span className="muted">
            oldest <RelativeTime at={group.oldestAt} />
          </span>
        </div>
      </div>
    </li>
  );
}

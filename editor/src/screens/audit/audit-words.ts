/** What each action means to the reader, after the name of whoever did it. */
export const actionWords: Readonly<Record<string, string>> = {
  'api-key.created': 'made an API key',
  'api-key.revoked': 'revoked an API key',
  'connection.changed': 'changed a connection',
  'connection.created': 'added a connection',
  'connection.deleted': 'deleted a connection',
  'bulk.cancel': 'cancelled the rest of a bulk action',
  'bulk.created': 'made a bulk action',
  'bulk.pace': 'changed the pace of a bulk action',
  'bulk.resume': 'went on with a bulk action',
  'bulk.suspend': 'suspended a bulk action',
  'exception.cancel-run': 'cancelled the run of an exception',
  'exception.failed-again': 'found that an exception failed again',
  'exception.fix': 'corrected the values of an exception',
  'exception.opened': 'found an exception',
  'exception.resolved': 'closed an exception',
  'exception.resolved-outside': 'closed an exception as resolved elsewhere',
  'exception.retry': 'had an exception tried again',
  'exception.revealed': 'looked at hidden values of an exception',
  'exception.rules-changed': 'changed who gets which exception',
  'exception.skip': 'had a run go on without what failed',
  'file.added': 'added a file',
  'file.refused': 'refused a file',
  'file.removed': 'removed a file',
  'filter.changed': 'changed a kept filter',
  'filter.removed': 'removed a kept filter',
  'filter.saved': 'kept a filter',
  'flow.created': 'made a flow',
  'flow.deleted': 'deleted a flow',
  'flow.draft-saved': 'saved a draft',
  'flow.published': 'published a flow',
  'flow.restored': 'restored a flow',
  'flow.retired': 'retired a flow',
  'notifications.chat-tested': 'posted a test to a chat channel',
  'notifications.delivery-changed': 'changed how messages are sent',
  'notifications.mail-tested': 'sent a test mail',
  'notifications.muted': 'muted notifications',
  'notifications.preferences-changed': 'changed what they are told',
  'notifications.resent': 'sent messages again',
  'notifications.unmuted': 'took a mute rule away',
  'role.bound': 'bound a role',
  'run.cancel': 'cancelled a run',
  'run.data-revealed': 'looked at hidden data of a run',
  'run.pause': 'paused a run',
  'run.in-doubt-resolved': 'settled a step in doubt',
  'run.undo': 'took back what a run did',
  'ordering.release': 'let the next run go',
  'run.resume': 'resumed a run',
  'run.retry-records': 'sent refused records again',
  'run.retry-run': 'retried a whole run',
  'run.retry-step': 'retried a step',
  'run.skip-step': 'skipped a step',
  'run.started': 'started a run',
  'session.closed': 'signed out',
  'session.opened': 'signed in',
  'session.refused': 'was refused at sign-in',
  'table.changed': 'changed a table',
  'table.created': 'made a table',
  'task.assigned': 'assigned a task',
  'task.attached': 'attached a file to a task',
  'task.claimed': 'took a task',
  'task.comment-removed': 'removed a comment on a task',
  'task.commented': 'commented on a task',
  'task.decided': 'decided a task',
  'task.delegated': 'handed a decision to somebody',
  'task.detached': 'removed a file from a task',
  'task.due-set': 'changed when a task is due',
  'task.escalated': 'asked more people about a task',
  'task.prioritised': 'changed the priority of a task',
  'task.put-aside': 'put a task aside',
  'task.released': 'gave a task back',
  'task.revealed': 'looked at hidden facts of a task',
  'task.taken-back': 'took a decision back from somebody',
  'task.unwatched': 'stopped watching a task',
  'task.watched': 'watches a task',
  'user.absence-set': 'changed when somebody is away',
  'user.changed': 'changed a person',
  'user.created': 'added a person',
  'user.password-changed': 'changed the own password',
};

export const wordsOfAction = (action: string): string => actionWords[action] ?? action;

interface Subject {
  kind: string;
  id: string;
  /** The screen that shows it, if there is one. */
  href: string | null;
}

const screensOf: Readonly<Record<string, (id: string) => string>> = {
  bulk: (id) => `/bulk/${id}`,
  exception: (id) => `/exceptions/${id}`,
  flow: (id) => `/flows/${id}`,
  run: (id) => `/runs/${id}`,
  task: (id) => `/inbox/${id}`,
  table: (id) => `/tables/${id}`,
  connection: () => '/connections',
  role: () => '/connections',
  user: () => '/settings?tab=users',
  file: (id) => `/files?file=${id}`,
  filter: () => '/runs',
  'api-key': () => '/settings?tab=keys',
};

/** `flow:order-to-cash` taken apart, with where to look at it. Pure. */
export function subjectOf(subject: string): Subject {
  const colon = subject.indexOf(':');
  if (colon < 1) return { kind: '', id: subject, href: null };
  const kind = subject.slice(0, colon);
  const id = subject.slice(colon + 1);
  const screen = screensOf[kind];
  return { kind, id, href: screen && id ? screen(encodeURIComponent(id)) : null };
}

/**
 * What a person would call the subject: a name or address out of the details, else its id. Pure.
 * @param details as written with the entry
 */
export function subjectName(subject: string, details: Readonly<Record<string, unknown>>): string {
  const nameIn = (value: unknown) =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['name'] : undefined;
  const name = [details['name'], details['email'], nameIn(details['after']), nameIn(details['before'])].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return typeof name === 'string' ? name : subjectOf(subject).id;
}

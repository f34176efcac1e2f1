/** The views of the run list that everybody has; `search` as in its address. */
export const runViews = [
  { key: 'all', name: 'All', search: '' },
  { key: 'failed-today', name: 'Failed today', search: 'status=failed,quarantined&range=today' },
  { key: 'waiting', name: 'Waiting', search: 'status=waiting' },
  { key: 'person', name: 'Needs a person', search: 'status=in-doubt,paused,quarantined' },
  { key: 'under-way', name: 'Under way', search: 'status=queued,running' },
  { key: 'mine', name: 'Started by me', search: 'by=me' },
] as const;

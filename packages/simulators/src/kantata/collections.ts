/** The collections of the simulated Kantata OX account: fields, rules and associations. */
export type FieldKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'ids'
  | { one: readonly string[] }
  | { ref: string };

export interface Collection {
  readonly plural: string;
  readonly singular: string;
  /** `subject_type` in external references and custom field values. */
  readonly subject: string;
  readonly fields: Record<string, FieldKind>;
  /** Message per missing field, in the account's wording. */
  readonly required: Record<string, string>;
  readonly defaults: Record<string, string | number | boolean | null>;
  /** Shown only when asked for with `optional_fields`. */
  readonly optional: readonly string[];
  /** Name in `include` to the field holding the id, or to the collection whose rows point here. */
  readonly includes: Record<string, { field: string; collection: string } | { from: string; by: string }>;
  readonly searchable: readonly string[];
}

const day = 'date';
const cents = 'integer';

function collection(
  plural: string,
  part: Partial<Omit<Collection, 'plural'>> & Pick<Collection, 'fields'>,
): Collection {
  const singular = part.singular ?? plural.replace(/s$/, '');
  const subject = singular.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return {
    subject,
    required: {},
    defaults: {},
    optional: [],
    includes: {},
    searchable: ['title', 'name'],
    ...part,
    plural,
    singular,
  };
}

const workspace = { workspace: { field: 'workspace_id', collection: 'workspaces' } };
const user = { user: { field: 'user_id', collection: 'users' } };
const needsProject = { workspace_id: 'Workspace is required' };

export const collections: readonly Collection[] = [
  collection('workspaces', {
    fields: {
      title: 'text',
      description: 'text',
      creator_role: { one: ['maven', 'buyer'] },
      budgeted: 'boolean',
      currency: 'text',
      price: 'text',
      price_in_cents: cents,
      start_date: day,
      due_date: day,
      effective_due_date: day,
      archived: 'boolean',
      status_key: 'integer',
      status_message: 'text',
      access_level: { one: ['open', 'invitation', 'admin'] },
      workspace_group_ids: 'ids',
      primary_maven_id: { ref: 'users' },
      rate_card_id: { ref: 'rate_cards' },
      external_reference: 'text',
      billing_type: 'text',
      default_rate: 'text',
      consultant_role_name: 'text',
      client_role_name: 'text',
    },
    required: { title: 'Please give your project a title', creator_role: 'Creator role must be maven or buyer' },
    defaults: {
      currency: 'USD',
      budgeted: false,
      archived: false,
      access_level: 'invitation',
      status_key: 300,
      status_message: 'Not Started',
    },
    optional: ['external_reference'],
    includes: {
      primary_maven: { field: 'primary_maven_id', collection: 'users' },
      rate_card: { field: 'rate_card_id', collection: 'rate_cards' },
      workspace_groups: { field: 'workspace_group_ids', collection: 'workspace_groups' },
      stories: { from: 'stories', by: 'workspace_id' },
      workspace_resources: { from: 'workspace_resources', by: 'workspace_id' },
      billing_milestones: { from: 'billing_milestones', by: 'workspace_id' },
    },
  }),
  collection('workspace_groups', {
    fields: {
      name: 'text',
      company: 'boolean',
      contact_name: 'text',
      email: 'text',
      website: 'text',
      notes: 'text',
      phone_number: 'text',
      address: 'text',
    },
    required: { name: "Name can't be blank" },
    defaults: { company: true },
  }),
  collection('stories', {
    singular: 'story',
    fields: {
      title: 'text',
      description: 'text',
      workspace_id: { ref: 'workspaces' },
      parent_id: { ref: 'stories' },
      story_type: { one: ['task', 'deliverable', 'milestone', 'issue'] },
      start_date: day,
      due_date: day,
      state: 'text',
      time_estimate_in_minutes: 'integer',
      budget_estimate_in_cents: cents,
      billable: 'boolean',
      fixed_fee: 'boolean',
      percentage_complete: 'integer',
      priority: 'text',
      position: 'integer',
      archived: 'boolean',
      assignee_ids: 'ids',
    },
    required: { title: "Title can't be blank", story_type: 'Story type is not included in the list', ...needsProject },
    defaults: { state: 'not started', billable: true, fixed_fee: false, archived: false, percentage_complete: 0 },
    includes: {
      ...workspace,
      parent: { field: 'parent_id', collection: 'stories' },
      assignments: { from: 'assignments', by: 'story_id' },
    },
  }),
  collection('users', {
    fields: {
      full_name: 'text',
      email_address: 'text',
      headline: 'text',
      account_id: 'text',
      role_id: { ref: 'roles' },
      external_reference: 'text',
      bio: 'text',
      is_owner: 'boolean',
      can_create_line_items: 'boolean',
    },
    required: { full_name: "Full name can't be blank", email_address: "Email address can't be blank" },
    optional: ['bio', 'can_create_line_items'],
    searchable: ['full_name', 'email_address'],
    includes: { role: { field: 'role_id', collection: 'roles' } },
  }),
  collection('roles', { fields: { name: 'text', description: 'text' }, required: { name: "Name can't be blank" } }),
  collection('workspace_resources', {
    fields: {
      workspace_id: { ref: 'workspaces' },
      user_id: { ref: 'users' },
      role_id: { ref: 'roles' },
      resource_name: 'text',
      bill_rate_in_cents: cents,
      cost_rate_in_cents: cents,
      time_estimate_in_minutes: 'integer',
    },
    required: needsProject,
    includes: { ...workspace, ...user, role: { field: 'role_id', collection: 'roles' } },
  }),
  collection('assignments', {
    fields: {
      story_id: { ref: 'stories' },
      resource_id: { ref: 'workspace_resources' },
      assignee_id: { ref: 'users' },
      estimated_minutes: 'integer',
      current: 'boolean',
    },
    required: { story_id: 'Story is required' },
    defaults: { current: true },
    includes: {
      story: { field: 'story_id', collection: 'stories' },
      assignee: { field: 'assignee_id', collection: 'users' },
    },
  }),
  collection('workspace_allocations', {
    fields: {
      workspace_resource_id: { ref: 'workspace_resources' },
      start_date: day,
      end_date: day,
      minutes: 'integer',
      status: 'text',
    },
    required: {
      workspace_resource_id: 'Workspace resource is required',
      start_date: 'Start date is required',
      end_date: 'End date is required',
    },
  }),
  collection('time_entries', {
    singular: 'time_entry',
    fields: {
      workspace_id: { ref: 'workspaces' },
      story_id: { ref: 'stories' },
      user_id: { ref: 'users' },
      date_performed: day,
      time_in_minutes: 'integer',
      billable: 'boolean',
      notes: 'text',
      rate_in_cents: cents,
      approved: 'boolean',
      invoice_id: { ref: 'invoices' },
      currency: 'text',
    },
    required: {
      ...needsProject,
      date_performed: "Date performed can't be blank",
      time_in_minutes: "Time in minutes can't be blank",
    },
    defaults: { billable: true, approved: false },
    searchable: ['notes'],
    includes: { ...workspace, ...user, story: { field: 'story_id', collection: 'stories' } },
  }),
  collection('timesheet_submissions', {
    fields: {
      workspace_id: { ref: 'workspaces' },
      user_id: { ref: 'users' },
      title: 'text',
      status: 'text',
      time_entry_ids: 'ids',
      comment: 'text',
    },
    required: needsProject,
    defaults: { status: 'pending' },
    includes: { ...workspace, ...user, time_entries: { field: 'time_entry_ids', collection: 'time_entries' } },
  }),
  collection('expenses', {
    fields: {
      workspace_id: { ref: 'workspaces' },
      user_id: { ref: 'users' },
      story_id: { ref: 'stories' },
      date: day,
      amount_in_cents: cents,
      currency: 'text',
      category: 'text',
      notes: 'text',
      billable: 'boolean',
      reimbursable: 'boolean',
      approved: 'boolean',
      vendor: 'text',
      taxable: 'boolean',
    },
    required: {
      ...needsProject,
      date: "Date can't be blank",
      category: "Category can't be blank",
      amount_in_cents: "Amount can't be blank",
    },
    defaults: { billable: true, approved: false },
    searchable: ['notes', 'category'],
    includes: { ...workspace, ...user },
  }),
  collection('invoices', {
    fields: {
      workspace_ids: 'ids',
      title: 'text',
      status: 'text',
      currency: 'text',
      invoice_date: day,
      due_date: day,
      balance_in_cents: cents,
      message: 'text',
      draft: 'boolean',
      line_total_in_cents: cents,
    },
    required: { workspace_ids: 'Invoices need at least one project' },
    defaults: { status: 'new', draft: true },
    includes: { workspaces: { field: 'workspace_ids', collection: 'workspaces' } },
  }),
  collection('rate_cards', {
    fields: { title: 'text', currency: 'text', active: 'boolean', default: 'boolean', description: 'text' },
    required: { title: "Title can't be blank" },
    defaults: { active: true, default: false },
    includes: { rate_card_versions: { from: 'rate_card_versions', by: 'rate_card_id' } },
  }),
  collection('rate_card_versions', {
    fields: { rate_card_id: { ref: 'rate_cards' }, effective_date: day, rate_card_roles: 'text' },
    required: { rate_card_id: 'Rate card is required' },
    includes: {
      rate_card: { field: 'rate_card_id', collection: 'rate_cards' },
      rate_card_roles: { from: 'rate_card_roles', by: 'rate_card_version_id' },
    },
  }),
  collection('rate_card_roles', {
    fields: {
      rate_card_version_id: { ref: 'rate_card_versions' },
      role_id: { ref: 'roles' },
      rate_in_cents: cents,
      currency: 'text',
    },
    required: { rate_card_version_id: 'Rate card version is required', role_id: 'Role is required' },
    includes: { role: { field: 'role_id', collection: 'roles' } },
  }),
  collection('cost_rates', {
    fields: { user_id: { ref: 'users' }, rate_in_cents: cents, currency: 'text', start_date: day },
    required: { user_id: 'User is required' },
    includes: user,
  }),
  collection('billing_milestones', {
    fields: {
      workspace_id: { ref: 'workspaces' },
      title: 'text',
      amount_in_cents: cents,
      currency: 'text',
      due_date: day,
      status: 'text',
      percentage: 'number',
      story_id: { ref: 'stories' },
    },
    required: { ...needsProject, title: "Title can't be blank" },
    defaults: { status: 'not_invoiced' },
    includes: workspace,
  }),
  collection('external_references', {
    fields: {
      subject_type: 'text',
      subject_id: 'text',
      service_name: 'text',
      service_model: 'text',
      service_model_ref: 'text',
      status: 'text',
      external_message: 'text',
      external_link: 'text',
      locked: 'boolean',
    },
    required: {
      subject_type: 'Subject type is required',
      subject_id: 'Subject is required',
      service_name: "Service name can't be blank",
      service_model: "Service model can't be blank",
      service_model_ref: "Service model ref can't be blank",
    },
    searchable: ['service_model_ref'],
  }),
  collection('custom_fields', {
    fields: { name: 'text', subject_type: 'text', value_type: 'text' },
    required: { name: "Name can't be blank" },
  }),
  collection('custom_field_values', {
    fields: {
      custom_field_id: { ref: 'custom_fields' },
      subject_type: 'text',
      subject_id: 'text',
      value: 'text',
      display_value: 'text',
    },
    required: {
      custom_field_id: 'Custom field is required',
      subject_type: 'Subject type is required',
      subject_id: 'Subject is required',
    },
    includes: { custom_field: { field: 'custom_field_id', collection: 'custom_fields' } },
  }),
];

const byPlural = new Map(collections.map((one) => [one.plural, one]));

export function collectionNamed(plural: string): Collection | undefined {
  return byPlural.get(plural);
}

export function collectionOfSubject(subject: string): Collection | undefined {
  return collections.find((one) => one.subject === subject);
}

/** Products and deals of the demo firm: a table, ordered as a seller would meet them. */
export interface Product {
  readonly code: string;
  readonly name: string;
  readonly family: string;
  readonly unit: 'Day' | 'Month' | 'Each';
  readonly priceEur: number;
}

/** Product code, quantity, service date, description. */
export type DealLine = readonly [code: string, quantity: number, serviceDate: string, description: string];

export interface Deal {
  readonly code: string;
  readonly name: string;
  readonly client: string;
  readonly stage: string;
  readonly contractType: string;
  readonly closeDate: string;
  readonly start: string;
  readonly end: string;
  readonly channel: 'Onsite' | 'Remote' | 'Hybrid';
  readonly nextStep: string;
  readonly lines: readonly DealLine[];
  /** Data the seller has not filled in: `legal entity`, `rate card`, `currency`. */
  readonly lacks?: readonly string[];
}

export const products: readonly Product[] = [
  { code: 'DAY-EM', name: 'Engagement Manager (day)', family: 'Time', unit: 'Day', priceEur: 1800 },
  { code: 'DAY-SA', name: 'Solution Architect (day)', family: 'Time', unit: 'Day', priceEur: 1640 },
  { code: 'DAY-SC', name: 'Senior Consultant (day)', family: 'Time', unit: 'Day', priceEur: 1400 },
  { code: 'DAY-CO', name: 'Consultant (day)', family: 'Time', unit: 'Day', priceEur: 1160 },
  { code: 'FIX-DISC', name: 'Discovery package', family: 'Fixed fee', unit: 'Each', priceEur: 24_000 },
  { code: 'FIX-IMPL', name: 'Implementation package', family: 'Fixed fee', unit: 'Each', priceEur: 96_000 },
  { code: 'FIX-MIGR', name: 'Data migration package', family: 'Fixed fee', unit: 'Each', priceEur: 38_500 },
  { code: 'MS-DESIGN', name: 'Milestone: design accepted', family: 'Milestone', unit: 'Each', priceEur: 45_000 },
  { code: 'MS-GOLIVE', name: 'Milestone: go-live', family: 'Milestone', unit: 'Each', priceEur: 80_000 },
  { code: 'MS-CLOSE', name: 'Milestone: final acceptance', family: 'Milestone', unit: 'Each', priceEur: 32_000 },
  { code: 'RET-GOLD', name: 'Managed services Gold (month)', family: 'Retainer', unit: 'Month', priceEur: 12_500 },
  { code: 'RET-SILVER', name: 'Managed services Silver (month)', family: 'Retainer', unit: 'Month', priceEur: 6_900 },
  { code: 'TRAIN', name: 'Training day', family: 'Fixed fee', unit: 'Day', priceEur: 2100 },
];

type Row = readonly [
  client: string,
  name: string,
  contractType: string,
  stage: string,
  closeDate: string,
  start: string,
  end: string,
  channel: Deal['channel'],
  lines: readonly DealLine[],
  lacks?: readonly string[],
];

const fixed = (start: string, mid: string, end: string): DealLine[] => [
  ['FIX-DISC', 1, start, 'Discovery and target picture'],
  ['FIX-IMPL', 1, mid, 'Build, test and roll out'],
  ['TRAIN', 4, end, 'Key user training'],
];
const time = (start: string, days: number): DealLine[] => [
  ['DAY-EM', Math.round(days / 5), start, 'Lead'],
  ['DAY-SA', Math.round(days / 3), start, 'Architecture'],
  ['DAY-CO', days, start, 'Delivery team'],
];
const retainer = (start: string, code: string, months: number): DealLine[] => [
  [code, months, start, `${months} months of managed services`],
];
const milestone = (first: string, second: string, third: string): DealLine[] => [
  ['MS-DESIGN', 1, first, 'On signed design document'],
  ['MS-GOLIVE', 1, second, 'On productive start'],
  ['MS-CLOSE', 1, third, 'After four weeks of support'],
];

const rows: readonly Row[] = [
  [
    'C-2001',
    'Altmark: ERP finance rollout',
    'Fixed fee',
    'Negotiation/Review',
    '2026-12-04',
    '2027-01-11',
    '2027-06-30',
    'Hybrid',
    fixed('2027-01-11', '2027-03-15', '2027-06-14'),
  ],
  [
    'C-2007',
    'Redwood: lab data platform',
    'Time and materials',
    'Negotiation/Review',
    '2026-12-11',
    '2027-01-18',
    '2027-07-30',
    'Remote',
    time('2027-01-18', 120),
  ],
  [
    'C-2005',
    'Brightwater: managed integration service',
    'Retainer',
    'Negotiation/Review',
    '2026-12-09',
    '2027-01-01',
    '2027-12-31',
    'Remote',
    retainer('2027-01-01', 'RET-GOLD', 12),
  ],
  [
    'C-2002',
    'Nordlicht: trading desk migration',
    'Milestone',
    'Negotiation/Review',
    '2026-12-15',
    '2027-02-01',
    '2027-09-30',
    'Onsite',
    milestone('2027-03-31', '2027-07-15', '2027-09-15'),
  ],
  [
    'C-2010',
    'Alpina: quality system validation',
    'Fixed fee',
    'Negotiation/Review',
    '2026-12-18',
    '2027-01-25',
    '2027-05-28',
    'Hybrid',
    fixed('2027-01-25', '2027-03-01', '2027-05-17'),
    ['legal entity'],
  ],
  [
    'C-2009',
    'Calloway: demand planning',
    'Time and materials',
    'Negotiation/Review',
    '2026-12-17',
    '2027-02-08',
    '2027-08-27',
    'Hybrid',
    time('2027-02-08', 150),
    ['rate card'],
  ],
  [
    'C-2011',
    'Oresund: fleet cost reporting',
    'Milestone',
    'Proposal/Price Quote',
    '2027-01-15',
    '2027-03-01',
    '2027-10-29',
    'Remote',
    milestone('2027-04-30', '2027-08-31', '2027-10-15'),
    ['currency'],
  ],
  [
    'C-2004',
    'Kestrel: claims triage phase 2',
    'Time and materials',
    'Proposal/Price Quote',
    '2027-01-22',
    '2027-02-15',
    '2027-07-30',
    'Hybrid',
    time('2027-02-15', 90),
  ],
  [
    'C-2003',
    'Maison Verlaine: store replenishment',
    'Fixed fee',
    'Proposal/Price Quote',
    '2027-01-20',
    '2027-03-08',
    '2027-09-10',
    'Onsite',
    fixed('2027-03-08', '2027-05-10', '2027-08-30'),
  ],
  [
    'C-2008',
    'Summit Ridge: branch analytics',
    'Fixed fee',
    'Proposal/Price Quote',
    '2027-01-28',
    '2027-03-01',
    '2027-07-16',
    'Remote',
    fixed('2027-03-01', '2027-04-19', '2027-07-05'),
  ],
  [
    'C-2012',
    'Pioneer Valley: interface support',
    'Retainer',
    'Proposal/Price Quote',
    '2027-01-12',
    '2027-02-01',
    '2028-01-31',
    'Remote',
    retainer('2027-02-01', 'RET-SILVER', 12),
  ],
  [
    'C-2006',
    'Harbour & Finch: customs automation',
    'Milestone',
    'Proposal/Price Quote',
    '2027-02-05',
    '2027-03-15',
    '2027-11-26',
    'Hybrid',
    milestone('2027-05-14', '2027-09-30', '2027-11-15'),
  ],
  [
    'C-2001',
    'Altmark: plant maintenance app',
    'Time and materials',
    'Qualification',
    '2027-02-26',
    '2027-04-05',
    '2027-10-01',
    'Onsite',
    time('2027-04-05', 100),
  ],
  [
    'C-2007',
    'Redwood: validation as a service',
    'Retainer',
    'Qualification',
    '2027-03-05',
    '2027-04-01',
    '2028-03-31',
    'Remote',
    retainer('2027-04-01', 'RET-GOLD', 12),
  ],
  [
    'C-2002',
    'Nordlicht: meter data archive',
    'Fixed fee',
    'Qualification',
    '2027-03-12',
    '2027-04-19',
    '2027-09-24',
    'Hybrid',
    fixed('2027-04-19', '2027-06-14', '2027-09-13'),
  ],
  [
    'C-2009',
    'Calloway: plant scheduling pilot',
    'Milestone',
    'Qualification',
    '2027-03-19',
    '2027-05-03',
    '2027-12-17',
    'Onsite',
    milestone('2027-06-30', '2027-10-29', '2027-12-10'),
  ],
  [
    'C-2010',
    'Alpina: service desk retainer',
    'Retainer',
    'Prospecting',
    '2027-04-02',
    '2027-05-01',
    '2028-04-30',
    'Remote',
    retainer('2027-05-01', 'RET-SILVER', 12),
    ['legal entity', 'rate card'],
  ],
  [
    'C-2005',
    'Brightwater: leak detection models',
    'Time and materials',
    'Prospecting',
    '2027-04-16',
    '2027-06-07',
    '2027-12-03',
    'Hybrid',
    time('2027-06-07', 130),
  ],
  [
    'C-2003',
    'Maison Verlaine: loyalty data hub',
    'Time and materials',
    'Prospecting',
    '2027-04-23',
    '2027-06-14',
    '2027-12-17',
    'Remote',
    time('2027-06-14', 110),
  ],
  [
    'C-2001',
    'Altmark: ERP stabilisation',
    'Time and materials',
    'Closed Won',
    '2026-08-14',
    '2026-09-01',
    '2027-02-26',
    'Onsite',
    time('2026-09-01', 80),
  ],
  [
    'C-2004',
    'Kestrel: claims data platform',
    'Milestone',
    'Closed Won',
    '2026-09-18',
    '2026-10-05',
    '2027-04-30',
    'Hybrid',
    milestone('2026-11-30', '2027-03-12', '2027-04-23'),
  ],
  [
    'C-2008',
    'Summit Ridge: managed reporting',
    'Retainer',
    'Closed Won',
    '2026-10-23',
    '2026-11-01',
    '2027-10-31',
    'Remote',
    retainer('2026-11-01', 'RET-SILVER', 12),
  ],
  [
    'C-2012',
    'Pioneer Valley: patient billing interface',
    'Fixed fee',
    'Closed Won',
    '2026-11-06',
    '2026-11-23',
    '2027-04-16',
    'Remote',
    fixed('2026-11-23', '2027-01-18', '2027-04-05'),
  ],
  [
    'C-2006',
    'Harbour & Finch: yard management',
    'Fixed fee',
    'Closed Lost',
    '2026-10-30',
    '2027-01-11',
    '2027-06-25',
    'Onsite',
    fixed('2027-01-11', '2027-03-08', '2027-06-14'),
  ],
];

const nextSteps: Record<string, string> = {
  'Negotiation/Review': 'Statement of work with legal; signature expected',
  'Proposal/Price Quote': 'Present offer to the steering group',
  Qualification: 'Scoping workshop',
  Prospecting: 'First meeting',
};

export const deals: readonly Deal[] = rows.map(
  ([client, name, contractType, stage, closeDate, start, end, channel, lines, lacks], index) => ({
    code: `PRJ-${27_001 + index}`,
    client,
    name,
    contractType,
    stage,
    closeDate,
    start,
    end,
    channel,
    lines,
    nextStep: nextSteps[stage] ?? 'Handed over to delivery',
    ...(lacks ? { lacks } : {}),
  }),
);

/** Server-rendered pages without assets: escaping by default, one style for light and dark. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | boolean | null | undefined | readonly Part[];

/** Tagged template that escapes everything but `Html` values. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + rendered(parts[index - 1]) + string));
}

function rendered(part: Part): string {
  if (part === null || part === undefined || part === false || part === true) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(rendered).join('');
  return escaped(String(part));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Page {
  readonly title: string;
  readonly brand: string;
  /** Any CSS colour; used for the bar and for buttons. */
  readonly accent: string;
  readonly links?: readonly { readonly title: string; readonly path: string }[];
  readonly content: Html;
}

export function page({ title, brand, accent, links = [], content }: Page): string {
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${title} · ${brand}</title><style>:root{--accent:${accent}}${new Html(style)}</style></head>
<body><header><a class="brand" href="/">${brand}</a><nav>${links.map((link) => html`<a href="${link.path}">${link.title}</a>`)}</nav>
<span class="tag">Simulated system, demo data</span></header><main>${content}</main></body></html>`.text;
}

/** An amount with its currency, grouped for reading. */
export function money(amount: number, currency: string): string {
  return `${amount.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`;
}

const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#1b2430;--soft:#566274;--line:#dde2e9;--warn:#9a5b00;--warnbg:#fff3dc;--ok:#17693a;--okbg:#e2f5e9}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e8ecf2;--soft:#9fabbb;--line:#303947;--warn:#f3c069;--warnbg:#3a2c12;--ok:#7fd6a1;--okbg:#163524}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header{display:flex;gap:20px;align-items:center;padding:10px 24px;background:var(--accent);color:#fff}header a{color:#fff;text-decoration:none}
.brand{font-weight:650;font-size:17px}nav{display:flex;gap:16px}.tag{margin-left:auto;font-size:13px}
main{max-width:1232px;margin:0 auto;padding:24px}h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:0 0 12px}
p.sub{color:var(--soft);margin:0 0 20px}a{color:inherit}section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0 0 18px;overflow-x:auto}
table{width:100%;border-collapse:collapse}th{font-weight:600;font-size:13px;color:var(--soft)}th,td{text-align:left;padding:8px 12px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}td.date{white-space:nowrap}.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}dl + table{margin-top:14px}td a{font-weight:550;text-decoration:none}td a:hover{text-decoration:underline}
.pill{display:inline-block;padding:1px 10px;border-radius:99px;border:1px solid var(--line);font-size:13px;white-space:nowrap}
.pill.ok{background:var(--okbg);color:var(--ok);border-color:transparent}.pill.warn{background:var(--warnbg);color:var(--warn);border-color:transparent}
.bar{display:flex;gap:12px;align-items:center;flex-wrap:wrap;margin:0 0 18px}.bar .end{margin-left:auto}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:7px;padding:7px 12px}
input[type=search]{min-width:380px}button{cursor:pointer}button.primary{background:var(--accent);border-color:var(--accent);color:#fff;font-weight:600;padding:9px 20px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.path{display:flex;gap:4px;list-style:none;padding:0;margin:0 0 20px}.path li{flex:1;padding:7px 10px;text-align:center;font-size:13px;background:var(--card);border:1px solid var(--line);border-radius:7px}
.path li.done{color:var(--soft)}.path li.now{background:var(--accent);border-color:var(--accent);color:#fff;font-weight:600}
.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:14px 24px;margin:0}.fields label,.fields div{display:block}
.fields span,.fields dt{display:block;font-size:13px;color:var(--soft)}.fields input,.fields select{width:100%}dd{margin:0}
.msg{padding:10px 0;border-bottom:1px solid var(--line);white-space:pre-wrap}.msg:last-child{border:0}.msg small{color:var(--soft)}.empty{color:var(--soft)}
`;

"""The report's style sheet. Colours keep WCAG's AA contrast: 4.5 for text, 3 for the marks of charts.

The series' colours differ for the three common kinds of colour blindness and in lightness, so that they also survive
a black and white printer.
"""

from __future__ import annotations

LIGHT = {
    "page": "#f5f6f8", "card": "#ffffff", "ink": "#1b2027", "soft": "#565e69", "line": "#d5d9df", "axis": "#767e89",
    "link": "#0a4a94", "better": "#0b6b3f", "worse": "#a3231a", "unclear": "#565e69", "hit": "#e2f1e8",
    "s1": "#0a4a94", "s2": "#d45b00", "s3": "#159a80", "s4": "#b24f9d", "s5": "#5c6470", "s6": "#5a4200",
}  # fmt: skip
DARK = {
    "page": "#12151a", "card": "#1b1f26", "ink": "#e7eaef", "soft": "#a7b0bc", "line": "#343b46", "axis": "#8b95a3",
    "link": "#7fb4f5", "better": "#6fd6a0", "worse": "#ff9b90", "unclear": "#a7b0bc", "hit": "#1d3a2b",
    "s1": "#4f93ea", "s2": "#f2913a", "s3": "#8ef0d6", "s4": "#f2b0f0", "s5": "#8b95a3", "s6": "#f5ea9a",
}  # fmt: skip

RULES = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1120px;padding:20px 20px 60px;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","PingFang SC","Microsoft YaHei",sans-serif}
h1{margin:0 0 12px;font-size:1.5rem;line-height:1.25}
h2{margin:0 0 12px;font-size:1.2rem;line-height:1.3}
h3{margin:20px 0 8px;font-size:1rem}
h4{margin:0 0 6px;font-size:.85rem;font-weight:600}
h4 small{display:block;font-weight:400;color:var(--soft)}
p{margin:0 0 10px}
a{color:var(--link)}
code,.id{font:.85em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
header,section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px;margin:0 0 16px}
section{scroll-margin-top:12px}
.note{color:var(--soft);max-width:75ch;overflow-wrap:anywhere}
.verdict{display:flex;gap:10px;align-items:baseline;margin:0 0 16px;font-size:1.05rem}
.verdict strong{font-size:1.15em}
.verdict.better strong,.better .sign{color:var(--better)}
.verdict.worse strong,.worse .sign{color:var(--worse)}
.unclear .sign{color:var(--unclear)}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin:0 0 16px}
.tiles:empty{display:none}
.tile{flex:1 1 240px;border:1px solid var(--line);border-radius:8px;padding:12px 14px;min-width:0}
.tile.wide{flex:1.8 1 320px}
.tile .chart{margin-top:8px;max-width:400px}
.tile h2{margin:0;font-size:.85rem;font-weight:600;color:var(--soft)}
.tile p{margin:0;font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
.tile .number{font-size:2rem;line-height:1.25;font-weight:650;color:var(--ink);font-variant-numeric:tabular-nums}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:6px 24px;margin:0}
.facts div{display:flex;gap:10px;min-width:0}
.facts dt{flex:0 0 84px;color:var(--soft)}
.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:.93em;margin:0 4px 16px;padding:0;list-style:none}
nav a{display:inline-block;padding:4px 0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:20px 32px;align-items:start}
.drawn{display:grid;gap:20px 24px;align-items:start}
.pair>*,.drawn>*{min-width:0}
@media (min-width:900px){.drawn{grid-template-columns:2fr 3fr}}
.scroll{overflow-x:auto;margin:0 0 12px;background:
linear-gradient(to left,var(--card) 40%,transparent) 100% 0/32px 100% no-repeat local,
linear-gradient(to left,var(--line),transparent) 100% 0/16px 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;max-width:700px;font-size:.93em;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding:0 0 6px}
th,td{padding:5px 7px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-size:.8rem;font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom-color:var(--axis)}
.groups th{border-bottom-color:var(--line)}
.g{padding-left:15px}
tbody th{font-weight:400}
.n{text-align:right;white-space:nowrap}
thead .n{white-space:normal}
tbody th{min-width:4.2em}
td:first-child,th:first-child{padding-left:0}
tbody tr:last-child>*{border-bottom:0}
details{margin:8px 0 12px}
summary{cursor:pointer;padding:4px 0;color:var(--link)}
.title{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;line-clamp:2;overflow:hidden;
overflow-wrap:anywhere;text-align:left}
.product{display:flex;flex-wrap:wrap;column-gap:8px;align-items:baseline;min-width:0}
.product>*{min-width:0;max-width:100%}
bdi.id{color:var(--soft);white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:min(100%,26ch)}
td .product,th .product{min-width:10em}
.example{border-top:1px solid var(--line);padding:14px 0 4px}
.example h3{margin:0 0 6px}
.target{display:flex;gap:8px;align-items:baseline}
.target>*{min-width:0}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,290px),1fr));gap:16px 28px}
.columns>*{min-width:0}
.items{margin:0;padding:0 0 0 2em}
ul.items{list-style:none;padding:0}
.items li{padding:3px 6px;border-radius:5px}
.items li::marker{color:var(--soft);font-variant-numeric:tabular-nums}
.items .earlier{color:var(--soft)}
.hit{background:var(--hit)}
.tag,.kind{display:inline-block;font-size:.75rem;line-height:1.4;border-radius:4px;padding:0 6px;white-space:nowrap}
.tag{border:1px solid var(--better);color:var(--better);font-weight:600}
.kind{border:1px solid var(--line);color:var(--soft)}
.chart{display:block;width:100%;max-width:440px;height:auto}
.chart text{font:12px system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif;fill:var(--ink);
font-variant-numeric:tabular-nums}
.chart .soft,.chart .small{fill:var(--soft)}
.chart .small{font-size:10.5px}
.grid{stroke:var(--line)}
.axis{stroke:var(--axis)}
.bound{stroke:var(--worse);stroke-dasharray:4 2;stroke-width:2}
.s1{--series:var(--s1)}.s2{--series:var(--s2)}.s3{--series:var(--s3)}
.s4{--series:var(--s4)}.s5{--series:var(--s5)}.s6{--series:var(--s6)}
.line{fill:none;stroke:var(--series);stroke-width:2;stroke-linejoin:round}
.dot,.point,.bar{fill:var(--series)}
.ring{fill:var(--card);stroke:var(--series);stroke-width:2.5}
.ring.ink{stroke:var(--ink);stroke-width:2}
.whisker{stroke:var(--series);stroke-width:2}
@media (max-width:560px){
body{padding:10px 10px 40px;font-size:14.5px}
header,section{padding:14px 12px}
th,td{padding:5px}
.g{padding-left:12px}
table{font-size:.85em}
td .product,th .product{min-width:8em}
td:first-child,th:first-child{position:sticky;left:0;background:var(--card)}
}
@media print{
:root{color-scheme:only light}
body{max-width:none;padding:0;font-size:10pt;background:none}
.pair{grid-template-columns:1fr 1fr}
header,section{border:0;padding:0}
nav{display:none}
details>summary{list-style:none;color:var(--ink)}
details::details-content{content-visibility:visible;display:block;height:auto}
.scroll{overflow:visible;background:none}
.title{-webkit-line-clamp:none;line-clamp:none;display:block}
.chart,.tile,.example,tr{break-inside:avoid}
h2,h3,h4,caption{break-after:avoid}
.bar,.dot,.point,.ring,.hit{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""


def style() -> str:
    """The whole sheet. Paper is white whatever the screen's scheme."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}\n"
    return f":root{{color-scheme:light dark;{_variables(LIGHT)}}}\n{dark}{RULES.lstrip()}"


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())

/** The one style sheet. Colours are pairs that keep 4.5:1 on their ground, in both schemes. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #fff; --text: #1c2128; --quiet: #57606a; --line: #d9dee4; --soft: #eef1f4;
  --link: #0a4fc0; --strong: #0b57d0; --on-strong: #fff;
  --good: #0f6a2c; --good-soft: #daf5e0; --bad: #b01024; --bad-soft: #ffe7e6; --busy: #0a4fa8; --busy-soft: #dceeff;
  --waiting: #6b4a00; --waiting-soft: #fff3c9; --bar-wait: #d9a514; --over: #4a535d; --over-soft: #e8ecf0; --odd: #8a3d00; --odd-soft: #ffeadb;
  --shadow: 0 1px 2px rgb(20 30 45 / .06), 0 1px 6px rgb(20 30 45 / .04);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1217; --card: #161b22; --text: #e4e9ef; --quiet: #9aa5b1; --line: #2c343e; --soft: #1e252e;
    --link: #79b3ff; --strong: #8abcff; --on-strong: #0b1a2e;
    --good: #6fdc8c; --good-soft: #10301c; --bad: #ff9a94; --bad-soft: #3b1618; --busy: #8ac2ff; --busy-soft: #10294a;
    --waiting: #f0cf6a; --waiting-soft: #342a0c; --bar-wait: #b98a1c; --over: #aab4bf; --over-soft: #262d36; --odd: #ffb27a; --odd-soft: #3a2210;
    --shadow: none;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
.wide { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
main { padding-bottom: 2rem; outline: none; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
p a, dd a, h3 a, .from a { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--strong); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 2; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 1.4rem 0 .3rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.02rem; margin: 0 0 .6rem; font-weight: 650; }
h3 { font-size: .95rem; margin: .9rem 0 .3rem; }
p { margin: .4rem 0; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
.quiet { color: var(--quiet); }
.small { font-size: .87rem; }
.nowrap { white-space: nowrap; }

.top { background: var(--card); border-bottom: 1px solid var(--line); }
.top > div { display: flex; align-items: center; gap: .3rem 1.4rem; flex-wrap: wrap; min-height: 3.3rem; padding-top: .3rem; padding-bottom: .3rem; }
.brand { display: flex; align-items: center; gap: .5rem; font-weight: 700; color: var(--text); font-size: 1.05rem; letter-spacing: -.01em; }
.brand:hover { text-decoration: none; }
.brand svg { width: 1.7rem; height: 1.7rem; fill: none; stroke: var(--strong); stroke-width: 2.2; stroke-linecap: round; }
nav ul { display: flex; gap: .15rem; list-style: none; margin: 0; padding: 0; flex-wrap: wrap; }
nav a { display: block; padding: .35rem .7rem; border-radius: 7px; color: var(--quiet); font-weight: 500; }
nav a:hover { background: var(--soft); color: var(--text); text-decoration: none; }
nav a[aria-current] { background: var(--soft); color: var(--text); }
.who { margin-left: auto; display: flex; gap: .6rem; align-items: center; font-size: .9rem; color: var(--quiet); }
footer { color: var(--quiet); font-size: .85rem; padding-bottom: 2rem; }

.card, section { background: var(--card); border: 1px solid var(--line); border-radius: 11px; box-shadow: var(--shadow); padding: 1rem 1.1rem; margin: 1rem 0; }
section.bare { background: none; border: 0; box-shadow: none; padding: 0; }
.columns { display: grid; gap: 0 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 60rem) { .columns { grid-template-columns: minmax(0, 1.65fr) minmax(0, 1fr); align-items: start; } }

.pill { display: inline-flex; align-items: center; gap: .3em; border-radius: 99px; padding: .1rem .6rem .1rem .35rem; font-size: .82rem; font-weight: 600; white-space: nowrap; }
.pill svg { width: 1.15em; height: 1.15em; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.good { color: var(--good); background: var(--good-soft); } .bad { color: var(--bad); background: var(--bad-soft); }
.busy { color: var(--busy); background: var(--busy-soft); } .waiting { color: var(--waiting); background: var(--waiting-soft); }
.over { color: var(--over); background: var(--over-soft); } .odd { color: var(--odd); background: var(--odd-soft); }
@media (prefers-reduced-motion: no-preference) {
  .busy svg { animation: turn 1.4s linear infinite; }
  @keyframes turn { to { transform: rotate(360deg); } }
}
.chips { display: flex; flex-wrap: wrap; gap: .25rem; }
.chip { font-size: .76rem; padding: .02rem .42rem; border-radius: 5px; background: var(--soft); color: var(--quiet); white-space: nowrap; }
.chip.good, .chip.bad, .chip.busy, .chip.waiting, .chip.over { font-weight: 600; }
.chip.good { color: var(--good); background: var(--good-soft); } .chip.bad { color: var(--bad); background: var(--bad-soft); }
.chip.busy { color: var(--busy); background: var(--busy-soft); } .chip.waiting { color: var(--waiting); background: var(--waiting-soft); }

form.filter { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: 1rem 0 .8rem; }
form.filter label { flex: 1 1 7.5rem; }
form.filter .search { flex: 2.2 1 13rem; }
label { display: block; font-size: .8rem; color: var(--quiet); font-weight: 550; }
input:not([type=hidden]), select, textarea { display: block; width: 100%; margin-top: .12rem; font: inherit; font-weight: 400; font-size: .92rem; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: .38rem .55rem; min-height: 2.25rem; min-width: 0; }
button, .button { display: inline-block; font: inherit; font-size: .92rem; font-weight: 600; border: 1px solid var(--line); background: var(--card); color: var(--text); border-radius: 7px; padding: .36rem .85rem; min-height: 2.25rem; cursor: pointer; }
p a.button { text-decoration: none; }
button:hover, .button:hover { background: var(--soft); text-decoration: none; }
button.main { background: var(--strong); color: var(--on-strong); border-color: var(--strong); }
button.main:hover { filter: brightness(1.08); }
button.danger { color: var(--bad); border-color: currentColor; }
button.plain { border: 0; background: none; color: var(--link); padding: 0; min-height: 0; font-weight: 500; }
.buttons { display: flex; gap: .5rem; flex-wrap: wrap; margin: .8rem 0 0; }
.buttons form, .who form { display: inline; margin: 0; }
.clear { align-self: center; font-size: .9rem; }

ol.rows { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 11px; box-shadow: var(--shadow); }
ol.rows > li { display: grid; gap: .1rem 1rem; grid-template-columns: 7.6rem minmax(0, 1.05fr) minmax(0, 1.3fr) 6.5rem; align-items: center; padding: .6rem 1rem; border-top: 1px solid var(--line); position: relative; }
ol.rows > li:first-child { border-top: 0; }
ol.rows > li:hover { background: color-mix(in srgb, var(--soft) 55%, transparent); }
ol.rows .title { font-weight: 620; color: var(--text); }
ol.rows .side { text-align: right; font-size: .87rem; color: var(--quiet); }
ol.rows .line { font-size: .89rem; color: var(--quiet); overflow: hidden; text-overflow: ellipsis; }
.empty { text-align: center; color: var(--quiet); padding: 2.2rem 1rem; }
.next { text-align: center; margin: 1rem 0; }
@media (max-width: 46rem) {
  ol.rows > li { grid-template-columns: minmax(0, 1fr) auto; padding: .7rem .85rem; }
  ol.rows > li > .what, ol.rows > li > .from { grid-column: 1 / -1; }
  ol.rows > li > .side { grid-row: 1; grid-column: 2; }
  .card, section { padding: .85rem; border-radius: 9px; }
  nav { order: 3; width: 100%; }
}

dl.facts { margin: 0; display: grid; gap: .45rem 1.2rem; grid-template-columns: minmax(0, 1fr); }
dl.facts > div { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .1rem .8rem; }
dl.facts dt { color: var(--quiet); font-size: .88rem; } dl.facts dd { margin: 0; }
@media (max-width: 30rem) { dl.facts > div { grid-template-columns: minmax(0, 1fr); } }
.head { display: flex; flex-wrap: wrap; gap: .4rem .7rem; align-items: center; margin: 1.4rem 0 .3rem; }
.head h1, .head h2 { margin: 0; }
section > .head { margin: 0 0 .7rem; }
.columns > div > :first-child > :first-child, .columns > div > section:first-child { margin-top: 0; }
.columns > div > div > section:first-child { margin-top: 0; }

table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--quiet); font-weight: 550; font-size: .82rem; }
td, th { padding: .32rem .6rem .32rem 0; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; }
.scroll { overflow-x: auto; }
pre { margin: .4rem 0 0; padding: .75rem .85rem; background: var(--soft); border-radius: 8px; overflow: auto; max-height: 27rem; line-height: 1.45; white-space: pre-wrap; tab-size: 4; }
details > summary { cursor: pointer; font-weight: 600; padding: .25rem 0; }
details + details { border-top: 1px solid var(--line); margin-top: .4rem; padding-top: .4rem; }

ol.timeline { list-style: none; margin: 0; padding: 0 0 0 1.15rem; border-left: 2px solid var(--line); margin-left: .45rem; }
ol.timeline li { position: relative; padding: .1rem 0 .75rem; }
ol.timeline li:last-child { padding-bottom: 0; }
ol.timeline li::before { content: ""; position: absolute; left: -1.57rem; top: .55rem; width: .65rem; height: .65rem; border-radius: 50%; background: var(--line); box-shadow: 0 0 0 3px var(--card); }
ol.timeline li.good::before, ol.timeline li.bad::before, ol.timeline li.busy::before { background: currentColor; }
ol.timeline li.good, ol.timeline li.bad, ol.timeline li.busy { background: none; }
ol.timeline li > * { color: var(--text); } ol.timeline li > .quiet { color: var(--quiet); }
ol.timeline .between { float: right; font-size: .84rem; }

ul.bars { list-style: none; margin: 0; padding: 0; }
ul.bars > li { display: grid; grid-template-columns: 5.5rem 6.6rem minmax(0, 1fr) 4rem; gap: .2rem .7rem; align-items: center; padding: .35rem 0; border-top: 1px solid var(--line); }
ul.bars > li:first-child { border-top: 0; }
svg.bar { width: 100%; height: .7rem; display: block; border-radius: 3px; background: var(--soft); }
ul.bars .side { text-align: right; font-size: .87rem; color: var(--quiet); }
@media (max-width: 34rem) { ul.bars > li { grid-template-columns: 1fr auto auto; } svg.bar { grid-column: 1 / -1; grid-row: 2; } }
.bar-good { fill: var(--good); } .bar-bad { fill: var(--bad); } .bar-busy { fill: var(--busy); } .bar-over { fill: var(--over); } .bar-wait { fill: var(--line); }
svg.chart { width: 100%; height: 6.2rem; display: block; overflow: visible; }
svg.chart .build { fill: var(--strong); } svg.chart .wait, .legend .wait { fill: var(--bar-wait); }
.legend .build { fill: var(--strong); }
svg.chart .axis { stroke: var(--line); stroke-width: 1; }
.legend { display: flex; gap: 1rem; font-size: .82rem; color: var(--quiet); flex-wrap: wrap; }
.legend svg { width: .7rem; height: .7rem; vertical-align: -1px; margin-right: .3rem; }
.numbers { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: .6rem 0; }
.numbers div b { display: block; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
.numbers div { font-size: .84rem; color: var(--quiet); } .numbers b { color: var(--text); }
.notice { border-radius: 9px; padding: .6rem .9rem; margin: 1rem 0; }
.cause { font-weight: 600; margin: 0 0 .3rem; }
ul.plain-list { list-style: none; margin: 0; padding: 0; }
ul.plain-list > li { padding: .5rem 0; border-top: 1px solid var(--line); }
ul.plain-list > li:first-child { border-top: 0; padding-top: 0; }
.tiles { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); align-items: start; }
.tiles section { margin: .5rem 0; } .tiles dl.facts > div { grid-template-columns: 5.5rem minmax(0, 1fr); }
.narrow { max-width: 26rem; margin: 0 auto; }
.narrow button, .narrow .button { margin-top: .7rem; }
`;

/**
 * Style of the shadow tree. Each line of text has a height of its own, so that nothing moves when products come. Pages
 * change it by the variables and by `::part()`.
 */
export const SHELF_STYLE = `
:host{display:block;container-type:inline-size}
:host([hidden]){display:none}
[part=heading]{margin:0 auto 0 0;font:600 1.35rem/1.3 var(--edge-shelf-heading-font,inherit)}
[part=head]{display:flex;justify-content:space-between;align-items:center;gap:.5rem;margin-bottom:.75rem}
[part=step]{width:2.25rem;height:2.25rem;border:1px solid;border-radius:50%;background:none;color:inherit;font:1.2rem/1 sans-serif;opacity:.75;cursor:pointer}
[part=list]{--c:2;display:grid;grid-auto-flow:column;grid-auto-columns:var(--edge-shelf-card,calc((100cqi - 6px - (var(--c) - 1)*var(--edge-shelf-gap,1rem))/var(--c)));gap:var(--edge-shelf-gap,1rem);margin:0;padding:3px;list-style:none;overflow-x:auto;overscroll-behavior-x:contain;scroll-snap-type:x proximity;scrollbar-width:none}
@container (min-width:30rem){[part=list]{--c:3}}
@container (min-width:44rem){[part=list]{--c:4}}
@container (min-width:56rem){[part=list]{--c:5}}
@container (min-width:68rem){[part=list]{--c:6}}
[part~=card]{position:relative;scroll-snap-align:start;min-width:0}
[part=link]{display:block;color:inherit;text-decoration:none;border-radius:var(--edge-shelf-radius,.6rem)}
[part=link]:focus-visible,button:focus-visible{outline:3px solid var(--edge-shelf-focus,currentColor);outline-offset:1px}
[part=image]{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover;border-radius:var(--edge-shelf-radius,.6rem);background:var(--edge-shelf-ground,#8882)}
.line{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:var(--n,1);overflow:hidden;height:calc(var(--n,1)*1.4em);line-height:1.4;overflow-wrap:anywhere}
[part=brand],[part=reason]{font-size:.8125em;color:var(--edge-shelf-soft,inherit)}
[part=brand]{margin-top:.5rem}
[part=title],[part=reason]{--n:2}
[part=price]{font-weight:600;font-variant-numeric:tabular-nums}
[part=dismiss]{position:absolute;top:.4rem;inset-inline-end:.4rem;width:2rem;height:2rem;padding:0;border:0;border-radius:50%;background:var(--edge-shelf-button,#fffd);color:var(--edge-shelf-button-ink,#222);font:1.1rem/1 sans-serif;cursor:pointer}
[part~=skeleton] .line{border-radius:.3rem;background:var(--edge-shelf-ground,#8882);background-clip:content-box;padding-block:.15em;box-sizing:border-box}
[part=status]{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
`;

"""Texts that would run as script, open an element or break out of an attribute where a page forgot to escape them.

Each carries the word `xss` in what it would call, so that a test may look for `window.xss` having run.
"""

RUN = "window.xss=1"
PAYLOADS: tuple[str, ...] = (
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT>",
    f"<ScRiPt >{RUN}</sCrIpT >",
    f"<script/src=data:,{RUN}></script>",
    f"<script\n>{RUN}</script\n>",
    f"<script type=module>{RUN}</script>",
    f"<<script>{RUN}//<</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"'\"><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror='{RUN}'>",
    f'<img src="x" onerror="{RUN}">',
    f"<IMG SRC=x ONERROR={RUN}>",
    f"<img/src=x/onerror={RUN}>",
    f"<img src=x:x onerror\n=\n{RUN}>",
    f"<img src=`x` onerror={RUN}>",
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f"<image src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set onbegin={RUN} attributeName=x to=1>",
    f"<svg><a xlink:href='javascript:{RUN}'><text y=20>x</text></a></svg>",
    f"<svg><use href='data:image/svg+xml,<svg onload={RUN}>'></svg>",
    f"<math><mtext></mtext><mglyph><style></math><img src=x onerror={RUN}>",
    f"<math href='javascript:{RUN}'>x</math>",
    f"<body onload={RUN}>",
    f"<iframe src='javascript:{RUN}'></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data='javascript:{RUN}'></object>",
    f"<embed src='javascript:{RUN}'>",
    f"<video src=x onerror={RUN}></video>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}></audio>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}></select>",
    f"<textarea autofocus onfocus={RUN}></textarea>",
    f"<button autofocus onfocus={RUN}>x</button>",
    f"<div tabindex=1 autofocus onfocus={RUN}>x</div>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<style>@keyframes x{{}}</style><b style='animation-name:x' onanimationstart={RUN}>x</b>",
    f"<link rel=stylesheet href=x onerror={RUN}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href='javascript:{RUN}//'>",
    f"<form action='javascript:{RUN}'><button>x</button></form>",
    f"<form><button formaction='javascript:{RUN}'>x</button></form>",
    f"<a href='javascript:{RUN}'>x</a>",
    f"<a href=' java\tscript:{RUN}'>x</a>",
    f"<a href='&#106;avascript:{RUN}'>x</a>",
    f"<a href='data:text/html,<script>opener.{RUN}</script>'>x</a>",
    f"[x](javascript:{RUN})",
    f"![x](x\"onerror=\"{RUN})",
    f"javascript:{RUN}",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}" x="',
    f"' onmouseover='{RUN}' autofocus onfocus='{RUN}' x='",
    f"` onmouseover={RUN} x=`",
    f"x\" hx-get=\"/portal\" hx-trigger=\"load\" hx-on::load=\"{RUN}",
    f"<div hx-get='/portal' hx-trigger='load' hx-on:click='{RUN}'>x</div>",
    f"<b data-panel onclick={RUN}>x</b>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"{{{{ '{RUN}' }}}}{{{{7*7}}}}{{% raw %}}",
    f"${{{RUN}}}<%= {RUN} %>",
    f"＜script＞{RUN}＜/script＞",
    f"<scr\u200bipt>{RUN}</scr\u200bipt><img src=x onerror={RUN}>",
    f"<!--[if gte IE 4]><script>{RUN}</script><![endif]-->",
    f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">",
    f"<template><script>{RUN}</script></template><xss autofocus tabindex=1 onfocus={RUN}>x</xss>",
    f"<custom-x onpointerover={RUN}>金点子</custom-x>",
)  # fmt: skip

INJECTED = """() => {
  const foreign = new Set("iframe object embed base marquee xss custom-x image math animate set".split(" "));
  const bad = [];
  const say = (what, node) => bad.push(what + ": " + node.outerHTML.slice(0, 160));
  for (const node of document.querySelectorAll("*")) {
    const name = node.localName;
    if (foreign.has(name)) say(name, node);
    if (name === "script" && (!node.src || new URL(node.src).origin !== location.origin)) say("script", node);
    if (name === "meta" && /refresh/i.test(node.httpEquiv)) say("meta", node);
    for (const one of node.attributes) {
      if (/^on/i.test(one.name) || /^hx-on/i.test(one.name)) say("handler", node);
      const leads = /^(href|src|action|formaction|data|xlink:href)$/i.test(one.name);
      if (leads && /^\\s*(javascript|data:text)/i.test(one.value)) say("address", node);
    }
  }
  if (window.xss !== undefined) bad.push("a script ran");
  return bad;
}"""
"""For `page.evaluate`: what a page holds that no template of ours wrote, and whether a script of a payload ran."""

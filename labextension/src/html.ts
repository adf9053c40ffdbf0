/**
 * Makes `node` hold `html`, touching only what differs: scroll positions, selected text and open details stay. Scripts
 * never run this way.
 */
export function drawHtml(node: HTMLElement, html: string): void {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  become(node, wanted.content);
}

function become(node: Node, wanted: Node): void {
  const have = [...node.childNodes];
  const want = [...wanted.childNodes];
  for (const [i, next] of want.entries()) {
    const now = have[i];
    if (now === undefined) node.appendChild(next);
    else if (now.nodeType !== next.nodeType || now.nodeName !== next.nodeName) node.replaceChild(next, now);
    else if (now instanceof Element && next instanceof Element) {
      attributes(now, next);
      become(now, next);
    } else if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
  }
  for (const extra of have.slice(want.length)) node.removeChild(extra);
}

function attributes(now: Element, next: Element): void {
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
}
